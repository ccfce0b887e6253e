/** Redox: a message of its JSON data models for each record, and files by its uploads. */
@org.jspecify.annotations.NullMarked
package io.intake.processors.forward.redox;
