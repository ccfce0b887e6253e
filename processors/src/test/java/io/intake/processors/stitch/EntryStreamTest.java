package io.intake.processors.stitch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.processors.TestClock;
import io.intake.store.ConflictException;
import io.intake.store.Content;
import io.intake.store.ObjectContent;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import io.intake.store.Precondition;
import io.intake.store.PutRequest;
import io.intake.store.ReadRequest;
import io.intake.store.TransientStoreException;
import io.intake.store.memory.InMemoryObjectStore;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A connection that breaks must not look like the end of a file. */
class EntryStreamTest {
    private static final String KEY = "jobs/j/entries/000000";

    private final InMemoryObjectStore bucket = new InMemoryObjectStore(new TestClock());
    private final byte[] bytes = new byte[10_000];
    private final AtomicInteger opened = new AtomicInteger();

    EntryStreamTest() {
        new SplittableRandom(3).nextBytes(bytes);
        put(bytes);
    }

    private void put(byte[] content) {
        bucket.put(new PutRequest(KEY, Content.of(content), "x/y", Map.of(), Precondition.ALWAYS));
    }

    /** A store whose streams break, with an exception or an early end, after some bytes. */
    private ObjectStore breaking(int after, boolean silently) {
        return (ObjectStore) Proxy.newProxyInstance(
                ObjectStore.class.getClassLoader(), new Class<?>[] {ObjectStore.class}, (proxy, method, arguments) -> {
                    try {
                        Object result = method.invoke(bucket, arguments);
                        opened.incrementAndGet();
                        return result instanceof ObjectContent whole ? new Broken(whole, after, silently) : result;
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static final class Broken implements ObjectContent {
        private final ObjectContent whole;
        private final InputStream stream;

        Broken(ObjectContent whole, int after, boolean silently) {
            this.whole = whole;
            this.stream = new BreakingStream(whole.stream(), after, silently);
        }

        @Override
        public ObjectInfo info() {
            return whole.info();
        }

        @Override
        public InputStream stream() {
            return stream;
        }

        @Override
        public void close() {
            whole.close();
        }
    }

    private static final class BreakingStream extends FilterInputStream {
        private final boolean silently;
        private int left;

        BreakingStream(InputStream in, int after, boolean silently) {
            super(in);
            this.silently = silently;
            this.left = after;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (left == 0) {
                if (silently) {
                    return -1;
                }
                throw new IOException("connection reset");
            }
            int count = super.read(target, offset, Math.min(length, left));
            left -= Math.max(count, 0);
            return count;
        }
    }

    @Test
    void aBrokenReadIsContinuedWhereItBroke() throws IOException {
        for (boolean silently : new boolean[] {false, true}) {
            try (EntryStream stream = EntryStream.open(breaking(1_000, silently), KEY, null)) {
                assertThat(stream.readAllBytes()).isEqualTo(bytes);
            }
        }
        assertThat(opened).hasValueGreaterThan(15);
    }

    @Test
    void aConnectionThatBringsNothingIsGivenUpToBeTriedLater() {
        try (EntryStream stream = EntryStream.open(breaking(0, false), KEY, null)) {
            assertThatThrownBy(stream::readAllBytes).isInstanceOf(TransientStoreException.class);
        }
        assertThat(opened).hasValue(4);
    }

    @Test
    void anObjectThatWasReplacedIsNotReadOn() {
        String etag = bucket.head(KEY).orElseThrow().etag();
        put(new byte[1]);

        assertThatThrownBy(() -> EntryStream.open(bucket, KEY, etag)).isInstanceOf(ConflictException.class);
    }

    @Test
    void anEmptyObjectHasNoBytes() throws IOException {
        put(new byte[0]);

        try (EntryStream stream = EntryStream.open(bucket, KEY, null)) {
            assertThat(stream.read()).isEqualTo(-1);
            assertThat(bucket.read(ReadRequest.whole(KEY)).info().size()).isZero();
        }
    }
}
