/** Files that wait for a person: why, and what an operator decided. Pure, but for the stores. */
@org.jspecify.annotations.NullMarked
package io.intake.processors.hold;
