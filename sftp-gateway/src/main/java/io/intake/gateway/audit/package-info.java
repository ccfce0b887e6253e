/** Who did what, without the names of files. */
@org.jspecify.annotations.NullMarked
package io.intake.gateway.audit;
