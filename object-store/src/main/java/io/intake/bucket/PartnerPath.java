package io.intake.bucket;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * A partner's path as its SFTP client sees it: absolute and normalised. The root holds two folders, {@code /inbound} for
 * what the partner uploads (where a session begins) and {@code /outbound} for what we leave for it.
 *
 * @param segments none for the root; none is empty, {@code .} or {@code ..}, or holds a slash or NUL
 */
public record PartnerPath(List<String> segments) {
    /** The longest segment in bytes of UTF-8, as on most file systems. */
    public static final int MAX_SEGMENT_BYTES = 255;

    public static final PartnerPath ROOT = new PartnerPath(List.of());

    public PartnerPath {
        segments = List.copyOf(segments);
        for (String segment : segments) {
            int bytes = segment.getBytes(StandardCharsets.UTF_8).length;
            if (segment.isEmpty()
                    || segment.equals(".")
                    || segment.equals("..")
                    || segment.indexOf('/') >= 0
                    || segment.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("not a path segment");
            }
            if (bytes > MAX_SEGMENT_BYTES) {
                throw new IllegalArgumentException("a name is longer than " + MAX_SEGMENT_BYTES + " bytes: " + bytes);
            }
        }
    }

    /**
     * Reads a path as a client sends it: relative to the root, {@code .} and {@code ..} resolved as a file system does
     * ({@code ..} at the root stays there).
     *
     * @throws IllegalArgumentException if it holds NUL or a name of more than 255 bytes
     */
    public static PartnerPath parse(String text) {
        List<String> segments = new ArrayList<>();
        for (String segment : text.split("/", -1)) {
            switch (segment) {
                case "", "." -> {}
                case ".." -> {
                    if (!segments.isEmpty()) {
                        segments.removeLast();
                    }
                }
                default -> segments.add(segment);
            }
        }
        return new PartnerPath(segments);
    }

    /** The last segment; empty for the root. */
    public String name() {
        return segments.isEmpty() ? "" : segments.getLast();
    }

    public boolean isRoot() {
        return segments.isEmpty();
    }

    /** The folder it is in; the root's is the root. */
    public PartnerPath parent() {
        return isRoot() ? this : new PartnerPath(segments.subList(0, segments.size() - 1));
    }

    public PartnerPath child(String name) {
        List<String> all = new ArrayList<>(segments);
        all.add(name);
        return new PartnerPath(all);
    }

    /** Without the slash in front: what the patterns of feeds are held against; empty for the root. */
    public String relative() {
        return String.join("/", segments);
    }

    /** With a leading slash. */
    @Override
    public String toString() {
        return "/" + relative();
    }
}
