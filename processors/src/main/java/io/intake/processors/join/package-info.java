/**
 * Nests the rows of stitched tables by key into one record per row of a root table, whatever the sizes: level by level from
 * the leaves, each level by partitions of its key, each partition by windows of what fits into memory. Every object is
 * written whole and only if it is absent; its bytes depend on the rows and the limits alone. Only {@link
 * io.intake.processors.join.RowReader}, {@link io.intake.processors.join.JoinObjects} and {@link
 * io.intake.processors.join.Phases} touch the store.
 */
@org.jspecify.annotations.NullMarked
package io.intake.processors.join;
