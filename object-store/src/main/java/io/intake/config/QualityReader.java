package io.intake.config;

import io.intake.config.Quality.BadRows;
import io.intake.config.Quality.Empty;
import java.util.ArrayList;
import java.util.List;

/** Reads what a table asks of its rows as a whole. */
final class QualityReader {
    private QualityReader() {}

    static Quality read(Fields table, List<Table.Column> columns, Problems problems) {
        Reader<String> column = Lists.distinct(
                (node, key, found) -> Scalars.text(node, key, found).flatMap(name -> {
                    var declared = columns.stream()
                            .filter(each -> each.required() && each.name().equals(name))
                            .map(Table.Column::name)
                            .findFirst();
                    if (declared.isEmpty()) {
                        found.add(node, "'key' must name columns that 'columns' has with 'required: true'");
                    }
                    return declared;
                }),
                "this column",
                name -> name);
        return new Quality(
                table.optional("bad-rows", Words.of(BadRows.class)).orElse(BadRows.REFUSE),
                table.optional("empty", Words.of(Empty.class)).orElse(Empty.HEADER),
                new ArrayList<>(table.optional("key", Lists.notEmpty(column)).orElse(List.of())));
    }
}
