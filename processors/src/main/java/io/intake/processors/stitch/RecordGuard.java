package io.intake.processors.stitch;

import java.io.IOException;
import java.io.Reader;
import java.nio.CharBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Stands before a parser and stops it when one record grows beyond a limit: a quote that is never closed would otherwise
 * pull the rest of the file, whatever its size, into memory. Also lets the file's head be looked at. Not thread-safe.
 */
final class RecordGuard extends Reader {
    private final Reader in;
    private final long limit;
    private final char[] head = new char[Dialect.HEAD];
    private int headSize;
    private int headRead;
    private long sinceRecord;
    private @Nullable IOException behindHead;

    /** @param limit in characters; what the parser has read ahead, at most some 8,192, is counted along */
    RecordGuard(Reader in, long limit) {
        this.in = in;
        this.limit = limit;
    }

    /** One record is longer than the limit. */
    static final class RecordTooLongException extends IOException {
        private static final long serialVersionUID = 1L;

        RecordTooLongException(long limit) {
            super("a record has more than " + limit + " characters");
        }
    }

    /**
     * The first characters, which will be read all the same. What is wrong with them is thrown when a read gets there, so
     * that the row can be told.
     */
    CharSequence head() {
        try {
            while (headSize < head.length) {
                int count = in.read(head, headSize, head.length - headSize);
                if (count < 0) {
                    break;
                }
                headSize += count;
            }
        } catch (IOException e) {
            behindHead = e;
        }
        return CharBuffer.wrap(head, 0, headSize);
    }

    /** A record has been read whole: the next one may be as long again. */
    void recordEnded() {
        sinceRecord = 0;
    }

    @Override
    public int read(char[] target, int offset, int length) throws IOException {
        if (sinceRecord > limit) {
            throw new RecordTooLongException(limit);
        }
        int count;
        if (headRead < headSize) {
            count = Math.min(length, headSize - headRead);
            System.arraycopy(head, headRead, target, offset, count);
            headRead += count;
        } else if (behindHead != null) {
            throw behindHead;
        } else {
            count = in.read(target, offset, length);
        }
        sinceRecord += Math.max(count, 0);
        return count;
    }

    @Override
    public void close() throws IOException {
        in.close();
    }
}
