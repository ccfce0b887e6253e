package io.intake.processors.forward.sftp;

import io.intake.processors.forward.HandOver.Piece;
import io.intake.store.ByteRange;
import io.intake.store.ObjectContent;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import io.intake.store.ReadRequest;
import io.intake.store.TransientStoreException;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.OptionalLong;

/**
 * The upload of an object of ours, from where it was left. Bytes are written where they belong in the temporary file, so that
 * those which come again change nothing. Used by one thread.
 */
final class Upload {
    /** What is sent before the server's answers for all of it are waited for; grows while that is quick. */
    private static final int LEAST = 1 << 20;

    private static final int MOST = 8 << 20;

    private final ObjectStore source;
    private final ObjectInfo object;
    private final String name;
    private final InstantSource clock;
    private final Instant end;
    private long offset;
    private int stretch = LEAST;

    /**
     * @param name that the file gets
     * @param end when to leave, so that what is there can be noted
     */
    Upload(ObjectStore source, Piece piece, String name, InstantSource clock, Instant end) {
        this.source = source;
        this.object = piece.object();
        this.name = name;
        this.clock = clock;
        this.end = end;
        this.offset = piece.offset();
    }

    /** Beside the file's own: hidden from those who look for files by their names. */
    static String temporary(String name) {
        return "." + name + ".part";
    }

    /** How far the server has answered for. */
    long offset() {
        return offset;
    }

    /**
     * Goes on.
     *
     * @return whether the file is there, under its name; false if the time is up
     */
    boolean run(Link link) throws SftpFault {
        if (offset > 0 && link.size(temporary(name)).orElse(-1) < offset) {
            // It has its name already, which nobody came to note; or it was taken away
            if (has(link.size(name), object.size())) {
                return true;
            }
            offset = 0;
        }
        boolean begun = offset > 0;
        while (!begun || offset < object.size()) {
            begun = true;
            Instant from = clock.instant();
            write(link, Math.min(stretch, object.size() - offset));
            Instant now = clock.instant();
            if (offset < object.size() && !now.isBefore(end)) {
                return false;
            }
            boolean quick = Duration.between(from, now).multipliedBy(8).compareTo(Duration.between(from, end)) < 0;
            stretch = quick ? Math.min(MOST, 2 * stretch) : stretch;
        }
        publish(link, name, object.size());
        return true;
    }

    private void write(Link link, long length) throws SftpFault {
        if (length == 0) {
            link.write(temporary(name), offset, 0, (buffer, most) -> 0);
            return;
        }
        ReadRequest request = ReadRequest.range(object.key(), new ByteRange(offset, length), object.etag());
        try (ObjectContent content = source.read(request)) {
            link.write(temporary(name), offset, length, (buffer, most) -> read(content, buffer, most));
        }
        offset += length;
    }

    private int read(ObjectContent content, byte[] buffer, int most) {
        try {
            int read = content.stream().read(buffer, 0, most);
            if (read < 0) {
                throw new EOFException("the stream ends early");
            }
            return read;
        } catch (IOException lost) {
            throw new TransientStoreException("read", object.key(), "connection lost", lost);
        }
    }

    private static boolean has(OptionalLong size, long wanted) {
        return size.isPresent() && size.getAsLong() == wanted;
    }

    /** Gives the file its name if it is as long as it must be; else it goes, so that it is begun anew. */
    static void publish(Link link, String name, long size) throws SftpFault {
        if (!has(link.size(temporary(name)), size)) {
            link.remove(temporary(name));
            throw new SftpFault("SFTP_SIZE_DIFFERS", true);
        }
        link.publish(temporary(name), name);
    }
}
