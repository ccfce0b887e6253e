/** Hands HL7 v2 messages to engines over MLLP. */
@org.jspecify.annotations.NullMarked
package io.intake.processors.forward.mllp;
