package io.intake.processors.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.processors.TestClock;
import io.intake.processors.forward.BatchReader.Lines;
import io.intake.store.Content;
import io.intake.store.PutRequest;
import io.intake.store.memory.InMemoryObjectStore;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Half a record is no JSON: the engine refuses the batch, and the file has failed. */
class BatchReaderTest {
    private final InMemoryObjectStore bucket = new InMemoryObjectStore(new TestClock());

    @Test
    void aBatchThatReachesItsSizeWithinARecordEndsBehindThatRecord() {
        byte[] rows = "{\"a\":\"1234567890\"}\n{\"a\":\"2\"}\n{\"a\":\"3\"}\n".getBytes(StandardCharsets.UTF_8);
        bucket.put(PutRequest.of("k", Content.of(rows), "x/y"));
        for (int maxBytes = 1; maxBytes < rows.length + 2; maxBytes++) {
            BatchReader reader = new BatchReader(bucket, maxBytes);
            StringBuilder all = new StringBuilder();
            Lines lines = reader.read("k", 0, 2);
            while (lines.records() > 0) {
                String text = new String(lines.bytes(), StandardCharsets.UTF_8);
                assertThat(text).as("of %d bytes", maxBytes).startsWith("{").endsWith("}\n");
                assertThat(text.lines().count()).isEqualTo(lines.records());
                all.append(text);
                lines = reader.read("k", all.length(), 2);
            }
            assertThat(all.toString()).isEqualTo(new String(rows, StandardCharsets.UTF_8));
        }
    }
}
