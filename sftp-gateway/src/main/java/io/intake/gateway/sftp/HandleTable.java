package io.intake.gateway.sftp;

import io.intake.gateway.protocol.SftpException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A channel's open handles. A handle is four bytes on the wire: some old clients send longer ones wrongly. Not thread-safe.
 */
final class HandleTable {
    /** How many a client may have open at once. */
    static final int MAX_OPEN = 64;

    private final Map<Integer, Handle> open = new HashMap<>();
    private int last;

    /** Refuses one too many before anything is opened for it. */
    void requireRoom() throws SftpException {
        if (open.size() >= MAX_OPEN) {
            throw SftpException.failure("too many open files: close some");
        }
    }

    byte[] add(Handle handle) {
        int number = ++last;
        open.put(number, handle);
        return ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
    }

    Handle get(ByteBuffer handle) throws SftpException {
        return existing(open.get(number(handle)));
    }

    /** The handle of a number that {@link #add} gave; null if there is none. */
    @Nullable
    Handle find(int number) {
        return open.get(number);
    }

    Handle remove(ByteBuffer handle) throws SftpException {
        return existing(open.remove(number(handle)));
    }

    /** Takes out all that are left. */
    List<Handle> removeAll() {
        List<Handle> all = new ArrayList<>(open.values());
        open.clear();
        return all;
    }

    private static Integer number(ByteBuffer handle) throws SftpException {
        if (handle.remaining() != Integer.BYTES) {
            throw SftpException.failure("not an open handle");
        }
        return handle.getInt(handle.position());
    }

    private static Handle existing(@Nullable Handle handle) throws SftpException {
        if (handle == null) {
            throw SftpException.failure("not an open handle");
        }
        return handle;
    }
}
