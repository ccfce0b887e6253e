/** What a partner sees as folders and files, on a store that has keys only. */
@org.jspecify.annotations.NullMarked
package io.intake.gateway.files;
