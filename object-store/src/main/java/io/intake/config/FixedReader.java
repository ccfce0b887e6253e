package io.intake.config;

import io.intake.config.Layout.FixedColumn;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads {@code fixed}: the columns of files whose columns have places instead of delimiters. */
final class FixedReader {
    private static final Set<String> KNOWN = Set.of("name", "from", "length");
    private static final int WIDEST = 1_000_000;

    /** A list of columns in the order in which they are delivered; their places may overlap and leave gaps. */
    Optional<List<FixedColumn>> read(Node node, String key, Problems problems) {
        Reader<FixedColumn> column = Lists.distinct(
                FixedReader::column, "this column", each -> each.name().strip().toLowerCase(Locale.ROOT));
        return Lists.notEmpty(column).read(node, key, problems);
    }

    private static Optional<FixedColumn> column(Node node, String key, Problems problems) {
        return Fields.of(node, "a fixed column", KNOWN, problems)
                .map(fields -> new FixedColumn(
                        fields.required("name", Scalars::text).orElse(""),
                        fields.required("from", Scalars.integer(1, WIDEST)).orElse(1),
                        fields.required("length", Scalars.integer(1, WIDEST)).orElse(1)));
    }
}
