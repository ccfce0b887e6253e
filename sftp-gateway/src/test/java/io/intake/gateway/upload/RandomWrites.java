package io.intake.gateway.upload;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** A seeded sequence of writes, mostly in order, and what a file system would make of it. */
final class RandomWrites {
    /** One write. */
    record Write(long offset, byte[] bytes) {}

    private final List<Write> writes = new ArrayList<>();
    private byte[] content = new byte[0];

    /** Seeds that follow each other would all begin with the same choice: Random's first bits hardly depend on a small seed. */
    static Random random(long seed) {
        return new Random(seed * 0x9E3779B97F4A7C15L);
    }

    RandomWrites(Random random) {
        int size = 1 + random.nextInt(random.nextInt(4) > 0 ? 400_000 : 18 << 20);
        int chunk = 1 + random.nextInt(300_000) + size / 200;
        for (int at = 0; at < size; at += chunk) {
            add(random, at, Math.min(chunk, size - at));
        }
        for (int swaps = random.nextInt(3); swaps > 0 && writes.size() > 1; swaps--) {
            int first = random.nextInt(writes.size());
            Collections.swap(writes, first, Math.min(writes.size() - 1, first + 1 + random.nextInt(4)));
        }
        for (int again = random.nextInt(3); again > 0; again--) {
            int offset = random.nextInt(size);
            Write write = write(random, offset, 1 + random.nextInt(100_000));
            writes.add(random.nextInt(writes.size() + 1), write);
        }
        if (random.nextInt(10) == 0) {
            writes.remove(random.nextInt(writes.size()));
        }
        writes.forEach(this::apply);
    }

    private void add(Random random, int offset, int length) {
        writes.add(write(random, offset, length));
    }

    private static Write write(Random random, int offset, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return new Write(offset, bytes);
    }

    private void apply(Write write) {
        int end = (int) write.offset() + write.bytes().length;
        if (content.length < end) {
            content = java.util.Arrays.copyOf(content, end);
        }
        System.arraycopy(write.bytes(), 0, content, (int) write.offset(), write.bytes().length);
    }

    List<Write> writes() {
        return writes;
    }

    /** What the file holds after all writes, gaps as zeros. */
    byte[] content() {
        return content;
    }
}
