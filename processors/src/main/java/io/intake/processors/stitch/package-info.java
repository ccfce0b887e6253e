/**
 * Makes each table's object of newline-delimited JSON out of the delimited files that hold its rows. Columns are matched by
 * name; what cannot be read for certain is refused, never guessed. Reading and writing rows is pure; only {@link
 * io.intake.processors.stitch.StitchWork} and {@link io.intake.processors.stitch.EntryStream} touch the store.
 */
@org.jspecify.annotations.NullMarked
package io.intake.processors.stitch;
