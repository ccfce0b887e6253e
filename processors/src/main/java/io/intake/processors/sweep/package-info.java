/** The sweep function: finds what was lost between events and starts it again. */
@org.jspecify.annotations.NullMarked
package io.intake.processors.sweep;
