/** Secrets that AWS keeps, by their names. */
@org.jspecify.annotations.NullMarked
package io.intake.secrets;
