package io.intake.config;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How a delimited file is written.
 *
 * @param delimiter null to find it from the header line: the one of comma, tab, pipe, semicolon that occurs most
 * @param quote null where quotes are data
 * @param header the columns of files that have no header line; empty where each file begins with one
 * @param charset an IANA name; a byte order mark of UTF-8 is dropped
 */
public record Format(@Nullable String delimiter, @Nullable Character quote, List<String> header, String charset) {
    /** Comma or what the header line shows, double quotes, header line, UTF-8. */
    public static final Format DEFAULT = new Format(null, '"', List.of(), "UTF-8");

    public Format {
        header = List.copyOf(header);
    }
}
