/** Files that are expected: whether they came, and who is told if not. */
@org.jspecify.annotations.NullMarked
package io.intake.processors.expect;
