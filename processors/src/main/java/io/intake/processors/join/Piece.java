package io.intake.processors.join;

/**
 * An object that holds rows of a table.
 *
 * @param key of the object
 * @param form how it holds them
 * @param bytes its size
 */
record Piece(String key, Form form, long bytes) {

    /** How rows are kept. */
    enum Form {
        /** Lines of JSON, as they were stitched; a row's ordinal is its offset. */
        STITCHED,
        /** Lines as {@link Row} has them. */
        ROWS,
        /** Such lines sorted by partition; before them, for each partition, the offset where its lines begin, and the end. */
        CHUNK
    }
}
