package io.intake.processors.unzip;

import java.io.IOException;
import java.io.InputStream;

/** An entry of a method that only the library decodes. It cannot go on from the middle. */
final class LibrarySource implements EntrySource {
    private final InputStream content;

    LibrarySource(InputStream content) {
        this.content = content;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        int count = content.read(target, offset, length);
        return count == 0 ? -1 : count;
    }

    @Override
    public void close() throws IOException {
        content.close();
    }
}
