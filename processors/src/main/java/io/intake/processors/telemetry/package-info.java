/** What the functions tell of themselves: metrics, and a line for each step of a job. */
@org.jspecify.annotations.NullMarked
package io.intake.processors.telemetry;
