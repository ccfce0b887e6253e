/** Commands of the people who run the system. */
@org.jspecify.annotations.NullMarked
package io.intake.processors.operator;
