package io.intake.config;

import java.util.EnumSet;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Readers of words that stand for an enum's constants. Pure. */
final class Words {
    private Words() {}

    /** One of an enum's constants, in lower case and with hyphens. */
    static <E extends Enum<E>> Reader<E> of(Class<E> type) {
        return (node, key, problems) -> Scalars.plain(node)
                .flatMap(text -> EnumSet.allOf(type).stream()
                        .filter(each -> word(each).equals(text))
                        .findFirst())
                .or(() -> {
                    String all = EnumSet.allOf(type).stream().map(Words::word).collect(Collectors.joining(", "));
                    problems.add(node, "'" + key + "' must be one of " + all);
                    return Optional.empty();
                });
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
