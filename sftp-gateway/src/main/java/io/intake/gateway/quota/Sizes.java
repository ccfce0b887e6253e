package io.intake.gateway.quota;

import java.util.List;

/** Sizes as people write them. Pure. */
final class Sizes {
    private static final List<String> UNITS = List.of("bytes", "KiB", "MiB", "GiB", "TiB");

    private Sizes() {}

    /** In the largest unit that needs no fraction. */
    static String text(long bytes) {
        long count = bytes;
        int unit = 0;
        while (count != 0 && count % 1024 == 0 && unit < UNITS.size() - 1) {
            count /= 1024;
            unit++;
        }
        return count + " " + UNITS.get(unit);
    }
}
