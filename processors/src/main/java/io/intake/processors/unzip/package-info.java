/**
 * The unzip stage (DESIGN section 5): looks into an archive by ranged reads, decides once what will be done with it, and
 * writes each entry to an object of its own. What can be decided without I/O is decided in {@link
 * io.intake.processors.unzip.ArchivePlanner} and its helpers, which are pure.
 */
@org.jspecify.annotations.NullMarked
package io.intake.processors.unzip;
