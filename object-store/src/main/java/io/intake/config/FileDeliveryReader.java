package io.intake.config;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads what {@code deliver} says of files that are delivered as they are. */
final class FileDeliveryReader {
    /** RFC 9110, 8.3.1: type and subtype are tokens; of parameters what no header can be broken by. */
    static final Pattern CONTENT_TYPE = Pattern.compile(
            "[A-Za-z0-9!#$&^_.+-]{1,127}/[A-Za-z0-9!#$&^_.+-]{1,127}(; ?[A-Za-z0-9=_.\"+-]{1,127}){0,4}");

    private static final String DEFAULT_TYPE = "application/octet-stream";
    private static final long DEFAULT_BYTES = 8L << 20;

    private FileDeliveryReader() {}

    /** What is sent in a request. */
    private enum As {
        /** Records, or rows. */
        RECORDS,
        /** The upload. */
        FILE,
        /** Each file of an archive. */
        MEMBERS
    }

    /**
     * Null where records are delivered.
     *
     * @param inOnePiece whether the engine gets a file in one request
     */
    static @Nullable FileDelivery read(Fields fields, Node node, boolean inOnePiece, Problems problems) {
        As as = fields.optional("as", Words.of(As.class)).orElse(As.RECORDS);
        String type = fields.optional(
                        "content-type", Scalars.text(CONTENT_TYPE, "a media type such as application/pdf"))
                .orElse(DEFAULT_TYPE);
        long bytes = fields.optional("max-bytes", Scalars::size)
                .orElse(inOnePiece ? DEFAULT_BYTES : FileDelivery.MOST_IN_PIECES);
        if (bytes > (inOnePiece ? FileDelivery.MOST : FileDelivery.MOST_IN_PIECES)) {
            problems.add(
                    fields.node("max-bytes").orElse(node),
                    "'max-bytes' must be at most " + (inOnePiece ? "64 MiB" : "5 GiB"));
        }
        if (as == As.RECORDS) {
            for (String key : new String[] {"content-type", "max-bytes"}) {
                fields.node(key)
                        .ifPresent(given ->
                                problems.add(given, "'" + key + "' is for files only: 'as: file' or 'as: members'"));
            }
            return null;
        }
        return new FileDelivery(as == As.MEMBERS, type, bytes);
    }
}
