package io.intake.processors.join;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.processors.CountedStore;
import io.intake.processors.TestClock;
import io.intake.processors.stitch.EntryStream;
import io.intake.store.ConflictException;
import io.intake.store.Content;
import io.intake.store.ObjectStore;
import io.intake.store.PutRequest;
import io.intake.store.memory.InMemoryObjectStore;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Rows of another partition, or of another upload, would be nested in the wrong patient. */
class ChunkPlacesTest {
    private final InMemoryObjectStore bucket = new InMemoryObjectStore(new TestClock());
    private final CountedStore counted = new CountedStore();
    private final ObjectStore store = counted.around(bucket);

    private void put(String key, String... partitions) {
        ByteBuffer places = ByteBuffer.allocate((partitions.length + 1) * Long.BYTES);
        long at = places.capacity();
        for (String rows : partitions) {
            places.putLong(at);
            at += rows.length();
        }
        places.putLong(at);
        byte[] rows = String.join("", partitions).getBytes(StandardCharsets.US_ASCII);
        byte[] all = ByteBuffer.allocate(Math.toIntExact(at))
                .put(places.array())
                .put(rows)
                .array();
        bucket.put(PutRequest.of(key, Content.of(all), "x/y"));
    }

    private static @Nullable String text(@Nullable EntryStream rows) throws Exception {
        try (rows) {
            return rows == null ? null : new String(rows.readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    private int reads() {
        return counted.calls.getOrDefault("read", 0);
    }

    @Test
    void eachPartitionHasItsRowsAndTheChunkIsAskedOnceWhereTheyAre() throws Exception {
        put("a", "one\n", "", "three\n");
        put("b", "", "two\n", "");
        ChunkPlaces places = new ChunkPlaces(store);

        assertThat(text(places.open("a", 0, 3))).isEqualTo("one\n");
        assertThat(text(places.open("a", 1, 3))).isNull();
        assertThat(text(places.open("a", 2, 3))).isEqualTo("three\n");
        assertThat(reads()).isEqualTo(1 + 2);
        assertThat(text(places.open("b", 0, 3))).isNull();
        assertThat(text(places.open("b", 1, 3))).isEqualTo("two\n");
        assertThat(reads()).isEqualTo(3 + 2);
    }

    @Test
    void noMoreIsKeptThanFitsAndWhatWasGivenUpIsAskedAgain() throws Exception {
        for (String key : List.of("a", "b", "c")) {
            put(key, key + "\n", key + key + "\n");
        }
        ChunkPlaces places = new ChunkPlaces(store, 6);
        Random random = new Random(5);
        for (int i = 0; i < 50; i++) {
            String key = List.of("a", "b", "c").get(random.nextInt(3));
            int partition = random.nextInt(2);
            assertThat(text(places.open(key, partition, 2))).isEqualTo(key.repeat(partition + 1) + "\n");
        }
        assertThat(reads()).isBetween(50 + 4, 50 + 49);

        int before = reads();
        text(places.open("a", 0, 2));
        text(places.open("b", 0, 2));
        assertThat(reads()).isLessThanOrEqualTo(before + 4);
        before = reads();
        text(places.open("a", 1, 2));
        text(places.open("b", 1, 2));
        assertThat(reads()).as("the two used last are kept").isEqualTo(before + 2);
    }

    @Test
    void rowsOfAnotherUploadAreRefused() throws Exception {
        put("a", "one\n", "two\n");
        ChunkPlaces places = new ChunkPlaces(store);
        text(places.open("a", 0, 2));
        put("a", "another one\n", "two\n");

        assertThatThrownBy(() -> text(places.open("a", 1, 2))).isInstanceOf(ConflictException.class);
    }
}
