/** The intake function: from an object's event to a job. */
@org.jspecify.annotations.NullMarked
package io.intake.processors.intake;
