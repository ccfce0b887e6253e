/**
 * Makes each table's object of the delimited files that hold its rows: newline-delimited JSON, or, where large files are
 * written alike, their bytes joined. Columns are matched by name; what cannot be read for certain is refused, never guessed.
 * Reading and writing rows is pure; only {@link io.intake.processors.stitch.StitchWork} and its helpers for files and objects
 * ({@code EntryStream}, {@code TableFiles}, {@code TableObject}, {@code Splicer}, {@code DelimitedTable}) touch the store.
 */
@org.jspecify.annotations.NullMarked
package io.intake.processors.stitch;
