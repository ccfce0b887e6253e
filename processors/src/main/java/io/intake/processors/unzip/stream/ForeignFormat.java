package io.intake.processors.unzip.stream;

import java.util.Optional;

/** Formats that are known and not taken, so that a partner can be told which it was. Pure. */
public enum ForeignFormat {
    SEVEN_ZIP("7-Zip", "377abcaf271c"),
    RAR("RAR", "526172211a07"),
    LZ4("LZ4", "04224d18"),
    COMPRESS("compress (.Z)", "1f9d"),
    CABINET("Cabinet", "4d534346"),
    OFFICE("an older Office format", "d0cf11e0a1b11ae1"),
    PDF("PDF", "255044462d");

    private final String title;
    private final String magic;

    ForeignFormat(String title, String magic) {
        this.title = title;
        this.magic = magic;
    }

    /** As people call it. */
    public String title() {
        return title;
    }

    /**
     * Tells whether a file is of such a format.
     *
     * @param head its first bytes, at least 32 if it has so many
     */
    public static Optional<ForeignFormat> of(byte[] head) {
        for (ForeignFormat each : values()) {
            if (Compression.startsWith(head, each.magic)) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }
}
