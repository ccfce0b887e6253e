package io.intake.config;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a delimited file is written.
 *
 * @param delimiter null to find it from the header line: the one of comma, tab, pipe, semicolon that occurs most
 * @param quote null where quotes are data
 * @param header the columns of files that have no header line; empty where each file begins with one
 * @param charset an IANA name, or {@link #DETECTED}; a byte order mark is dropped
 * @param layout what there is beside delimiters and quotes
 */
public record Format(
        @Nullable String delimiter, @Nullable Character quote, List<String> header, String charset, Layout layout) {
    /** In place of a charset's name: each file shows what it is written in. */
    public static final String DETECTED = "auto";

    /** Comma or what the header line shows, double quotes, header line, UTF-8. */
    public static final Format DEFAULT = new Format(null, '"', List.of(), "UTF-8");

    public Format {
        header = List.copyOf(header);
        // Snapshots of feeds from before there was more than delimiters
        layout = Objects.requireNonNullElse(layout, Layout.PLAIN);
    }

    /** A format of nothing but delimiters and quotes. */
    public Format(@Nullable String delimiter, @Nullable Character quote, List<String> header, String charset) {
        this(delimiter, quote, header, charset, Layout.PLAIN);
    }

    /** The same with another layout. */
    public Format with(Layout other) {
        return new Format(delimiter, quote, header, charset, other);
    }
}
