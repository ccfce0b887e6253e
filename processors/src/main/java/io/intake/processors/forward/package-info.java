/** The forward stage: stitched records to the integration engine, batch by batch, at least once. */
@org.jspecify.annotations.NullMarked
package io.intake.processors.forward;
