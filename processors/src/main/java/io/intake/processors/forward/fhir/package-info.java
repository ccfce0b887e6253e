/** FHIR R4 servers: batches as transactions. */
@org.jspecify.annotations.NullMarked
package io.intake.processors.forward.fhir;
