package io.intake.processors.forward.hl7;

import io.intake.processors.forward.hl7.MessageSplitter.Message;
import io.intake.processors.job.RefusedException;
import io.intake.store.AbsentException;
import io.intake.store.ByteRange;
import io.intake.store.ObjectContent;
import io.intake.store.ObjectStore;
import io.intake.store.RangeException;
import io.intake.store.ReadRequest;
import io.intake.store.TransientStoreException;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Cuts the next batch out of a file of HL7 v2 messages. Where it ends depends on the bytes and the limits only, so that a
 * batch sent again after a crash is the same batch. A file is looked through to its end before the first message is sent: what
 * its trailers count must not turn out wrong when half of it is with the engine. Thread-safe.
 */
public final class MessageReader {
    /** S3 cuts a range at the end of the object; none is larger. */
    private static final long TO_THE_END = 1L << 46;

    private final ObjectStore store;
    private final int maxBytes;

    /** The file looked through last, so that it is not done again for each try while the engine is out of reach. */
    private final AtomicReference<@Nullable Known> lookedThrough = new AtomicReference<>();

    private record Known(String version, long messages) {}

    /** @param maxBytes a batch ends with the message that reaches so many bytes */
    public MessageReader(ObjectStore store, int maxBytes) {
        this.store = store;
        this.maxBytes = maxBytes;
    }

    /**
     * Some messages.
     *
     * @param bytes one after another, each segment ended by a carriage return
     * @param ends where each ends in the bytes; empty at the end of the file
     * @param end where the next one begins in the file
     */
    public record Messages(byte[] bytes, int[] ends, long end) {}

    /**
     * Reads up to a number of messages.
     *
     * @param offset 0, which has the file looked through; or what an earlier call answered
     * @throws RefusedException if the file is no series of messages, or its trailers count otherwise
     */
    public Messages read(String key, long offset, int maxMessages) {
        if (offset == 0) {
            lookThrough(key);
        }
        ReadRequest request = new ReadRequest(key, new ByteRange(offset, TO_THE_END), null, null);
        try (ObjectContent content = store.read(request)) {
            MessageSplitter splitter = new MessageSplitter(content.stream(), offset);
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(1 << 16);
            int[] ends = new int[Math.min(maxMessages, 1 << 10)];
            int count = 0;
            long end = offset;
            while (count < maxMessages && bytes.size() < maxBytes) {
                Message message = splitter.next();
                if (message == null) {
                    requireAll(splitter, content.info().size() - offset);
                    end = content.info().size();
                    break;
                }
                bytes.writeBytes(message.bytes());
                ends = count == ends.length ? Arrays.copyOf(ends, 2 * count) : ends;
                ends[count++] = bytes.size();
                end = message.end();
            }
            return new Messages(bytes.toByteArray(), Arrays.copyOf(ends, count), end);
        } catch (RangeException none) {
            return new Messages(new byte[0], new int[0], offset);
        } catch (AbsentException gone) {
            throw new IllegalStateException("a file of this job is gone", gone);
        } catch (IOException lost) {
            throw new TransientStoreException("read", key, "connection lost", lost);
        }
    }

    /** How many messages a file has. */
    public long count(String key) {
        return lookThrough(key);
    }

    private long lookThrough(String key) {
        String version = store.head(key)
                .map(info -> key + ' ' + info.etag())
                .orElseThrow(() -> new IllegalStateException("a file of this job is gone"));
        Known known = lookedThrough.get();
        if (known != null && version.equals(known.version())) {
            return known.messages();
        }
        try (ObjectContent content = store.read(ReadRequest.whole(key))) {
            MessageSplitter splitter = new MessageSplitter(content.stream(), 0);
            long count = 0;
            while (splitter.next() != null) {
                count++;
            }
            requireAll(splitter, content.info().size());
            lookedThrough.set(new Known(version, count));
            return count;
        } catch (IOException lost) {
            throw new TransientStoreException("read", key, "connection lost", lost);
        }
    }

    /** A stream that ends early would look like a file that ends with a shorter message. */
    private static void requireAll(MessageSplitter splitter, long size) throws EOFException {
        if (splitter.consumed() < size) {
            throw new EOFException("the stream ends early");
        }
    }
}
