package io.intake.processors.unzip;

import io.intake.processors.unzip.crypt.AuthenticationException;
import java.io.IOException;
import java.io.InputStream;

/**
 * An entry that is encrypted. Its authentication code, where it has one, is verified before its end is told, whatever the
 * decoder left unread. It cannot go on from the middle: the code is of the whole.
 */
final class DecryptedSource implements EntrySource {
    /** How much is read on to tell, of an entry that cannot be decoded, whether it was changed or never was whole. */
    private static final long BLAME_BYTES = 64L << 20;

    private static final int BUFFER_BYTES = 64 << 10;

    private final InputStream content;
    private final InputStream decrypted;

    /**
     * @param content the entry's
     * @param decrypted what it is decoded from, whose end is told only once it is authentic
     */
    DecryptedSource(InputStream content, InputStream decrypted) {
        this.content = content;
        this.decrypted = decrypted;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        try {
            int count = content.read(target, offset, length);
            if (count > 0) {
                return count;
            }
        } catch (IOException | RuntimeException undecodable) {
            blame();
            throw undecodable;
        }
        drain(Long.MAX_VALUE);
        return -1;
    }

    @Override
    public void blame() throws AuthenticationException {
        try {
            drain(BLAME_BYTES);
        } catch (AuthenticationException changed) {
            throw changed;
        } catch (IOException | RuntimeException other) {
            // the first failure says more
        }
    }

    private void drain(long most) throws IOException {
        byte[] dropped = new byte[BUFFER_BYTES];
        long left = most;
        while (left > 0) {
            int count = decrypted.read(dropped, 0, dropped.length);
            if (count < 0) {
                return;
            }
            left -= count;
        }
    }

    @Override
    public void close() throws IOException {
        content.close();
    }
}
