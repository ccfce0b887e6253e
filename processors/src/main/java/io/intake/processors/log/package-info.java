/** The functions' log: one JSON object a line, without PHI. */
@org.jspecify.annotations.NullMarked
package io.intake.processors.log;
