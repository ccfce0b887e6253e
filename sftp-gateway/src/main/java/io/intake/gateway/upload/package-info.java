/** From WRITE requests to one object in the store, through bounded memory. */
@org.jspecify.annotations.NullMarked
package io.intake.gateway.upload;
