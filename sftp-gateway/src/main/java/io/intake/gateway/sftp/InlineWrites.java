package io.intake.gateway.sftp;

import io.intake.gateway.upload.OpenUpload;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.IntConsumer;
import org.apache.sshd.sftp.common.SftpConstants;
import org.jspecify.annotations.Nullable;

/**
 * WRITE requests that nothing needs to be waited for, dealt with where their bytes arrive: copied from the packet that was
 * just decrypted into the upload's memory, and answered. Large files are almost only such requests; a queue between would cost
 * them a copy and two threads' switches each. Whatever needs more (memory, a part to be sent, a pause, an error to be told)
 * is left to the channel's thread, in the middle of a request if need be.
 *
 * <p>Used by the channel's IO thread while the channel's own thread waits for a request and nothing is queued; the inbox's lock
 * is held.
 */
final class InlineWrites implements Inbox.Inline {
    /** A WRITE's fields before its data, with a handle of the length that we give out. */
    static final int HEADER_BYTES = 7 * Integer.BYTES + 1;

    private final HandleTable handles;
    private final IntConsumer received;
    private final Answers answers;

    /** Of the request that is being taken; null between requests. */
    private @Nullable OpenUpload upload;

    private int id;
    private int handle;
    private long offset;
    private int left;
    private boolean stuck;

    /** Says that a request was done. */
    @FunctionalInterface
    interface Answers {
        /**
         * Does not wait.
         *
         * @return false if that would have to be waited for
         * @throws IOException if the channel is closed
         */
        boolean tryOk(int id) throws IOException;
    }

    /** @param received counts bytes that were taken */
    InlineWrites(HandleTable handles, IntConsumer received, Answers answers) {
        this.handles = handles;
        this.received = received;
        this.answers = answers;
    }

    @Override
    public int take(byte[] bytes, int from, int length) throws IOException {
        int done = 0;
        while (true) {
            OpenUpload current = upload;
            if (current == null) {
                current = begin(bytes, from + done, length - done);
                if (current == null) {
                    return done;
                }
                done += HEADER_BYTES;
            }
            int count = Math.min(left, length - done);
            int taken = current.tryWrite(offset, ByteBuffer.wrap(bytes, from + done, count));
            received.accept(taken);
            offset += taken;
            left -= taken;
            done += taken;
            if (taken == count && left > 0) {
                return done;
            }
            if (taken < count || !answers.tryOk(id)) {
                stuck = true;
                return done;
            }
            upload = null;
        }
    }

    /** The upload of a WRITE whose fields are all there and in order; null leaves it to the channel's thread. */
    private @Nullable OpenUpload begin(byte[] bytes, int from, int length) {
        if (length < HEADER_BYTES) {
            return null;
        }
        ByteBuffer header = ByteBuffer.wrap(bytes, from, HEADER_BYTES);
        int packet = header.getInt();
        int type = header.get();
        int request = header.getInt();
        if (type != SftpConstants.SSH_FXP_WRITE
                || packet > Inbox.MAX_PACKET_BYTES
                || header.getInt() != Integer.BYTES) {
            return null;
        }
        int number = header.getInt();
        long at = header.getLong();
        int data = header.getInt();
        if (data <= 0 || data != packet - (HEADER_BYTES - Integer.BYTES)) {
            return null;
        }
        if (!(handles.find(number) instanceof Handle.Writing writing)
                || writing.append()
                || writing.interrupted().get()) {
            return null;
        }
        id = request;
        handle = number;
        offset = at;
        left = data;
        upload = writing.upload();
        return upload;
    }

    @Override
    public byte @Nullable [] remainder() {
        if (!stuck) {
            return null;
        }
        stuck = false;
        upload = null;
        return ByteBuffer.allocate(HEADER_BYTES)
                .putInt(HEADER_BYTES - Integer.BYTES + left)
                .put((byte) SftpConstants.SSH_FXP_WRITE)
                .putInt(id)
                .putInt(Integer.BYTES)
                .putInt(handle)
                .putLong(offset)
                .putInt(left)
                .array();
    }
}
