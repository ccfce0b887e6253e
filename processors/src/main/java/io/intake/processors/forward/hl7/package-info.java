/** HL7 v2 as far as it must be understood to be delivered: where messages begin and end, and their headers. */
@org.jspecify.annotations.NullMarked
package io.intake.processors.forward.hl7;
