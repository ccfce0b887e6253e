package io.intake.store.memory;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A key in S3's order: by the bytes of its UTF-8 form. */
record Key(String text) implements Comparable<Key> {
    @Override
    public int compareTo(Key other) {
        return Arrays.compareUnsigned(
                text.getBytes(StandardCharsets.UTF_8), other.text.getBytes(StandardCharsets.UTF_8));
    }
}
