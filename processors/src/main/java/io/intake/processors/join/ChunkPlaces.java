package io.intake.processors.join;

import io.intake.processors.stitch.EntryStream;
import io.intake.store.ByteRange;
import io.intake.store.ObjectStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the partitions are in sorted chunks, as many of them as fit: a function that nests several partitions of a join asks
 * each chunk once, not once for each. A chunk is never written twice; its rows are read from the upload that the places are of,
 * so that another one would be refused, not misread. Thread-safe.
 */
final class ChunkPlaces {
    /** 4 MiB: the places of 10,000 chunks with 50 partitions, or of 600 with 800. */
    static final int MOST_NUMBERS = 1 << 19;

    private final ObjectStore store;
    private final int mostNumbers;
    private final Map<String, Places> known = new LinkedHashMap<>(16, 0.75f, true);
    private int numbers;

    ChunkPlaces(ObjectStore store) {
        this(store, MOST_NUMBERS);
    }

    ChunkPlaces(ObjectStore store, int mostNumbers) {
        this.store = store;
        this.mostNumbers = mostNumbers;
    }

    /** @param offsets where each partition begins, and the end */
    private record Places(String etag, long[] offsets) {}

    /**
     * Opens the rows of a partition.
     *
     * @param partitions how many the chunk has
     * @return null if it has no rows of this one
     */
    @Nullable
    EntryStream open(String key, int partition, int partitions) {
        Places places = places(key, partitions);
        long from = places.offsets[partition];
        long to = places.offsets[partition + 1];
        return to == from ? null : EntryStream.from(store, key, places.etag, from, to);
    }

    private Places places(String key, int partitions) {
        Places found = look(key);
        if (found == null) {
            found = read(key, partitions);
            keep(key, found);
        }
        return found;
    }

    private synchronized @Nullable Places look(String key) {
        return known.get(key);
    }

    private synchronized void keep(String key, Places read) {
        if (known.put(key, read) == null) {
            numbers += read.offsets.length;
        }
        Iterator<Map.Entry<String, Places>> oldest = known.entrySet().iterator();
        while (numbers > mostNumbers && known.size() > 1) {
            numbers -= oldest.next().getValue().offsets.length;
            oldest.remove();
        }
    }

    private Places read(String key, int partitions) {
        long[] offsets = new long[partitions + 1];
        ByteRange range = new ByteRange(0, (long) offsets.length * Long.BYTES);
        try (EntryStream stream = EntryStream.range(store, key, range)) {
            ByteBuffer.wrap(stream.readAllBytes()).asLongBuffer().get(offsets);
            return new Places(stream.etag(), offsets);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
