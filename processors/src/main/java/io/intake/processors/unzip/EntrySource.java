package io.intake.processors.unzip;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The unpacked bytes of one entry, in order, unverified. Not thread-safe. */
interface EntrySource extends AutoCloseable {

    /**
     * Reads at least one byte, unless no more follow.
     *
     * @param length at least 1
     * @return how many were read; negative at the end
     * @throws IOException if the packed bytes are damaged or end early
     */
    int read(byte[] target, int offset, int length) throws IOException;

    /** The place of the entry's packed bytes in the archive; negative for a source that cannot go on elsewhere. */
    default long dataOffset() {
        return -1;
    }

    /** What else a source needs that goes on from here: see {@link UnzipCursor.Resume#inflater()}. */
    default @Nullable String inflater() {
        return null;
    }

    /**
     * Called when the content is not what the archive says of it: tells whether somebody changed it.
     *
     * @throws io.intake.processors.unzip.crypt.AuthenticationException if it was changed after it was encrypted
     */
    default void blame() throws IOException {
        // what is not encrypted has no authentication code
    }

    @Override
    void close() throws IOException;
}
