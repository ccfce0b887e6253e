/** What an engine is sent of a record: the record as it is, or what a template makes of it. */
@org.jspecify.annotations.NullMarked
package io.intake.processors.forward.shape;
