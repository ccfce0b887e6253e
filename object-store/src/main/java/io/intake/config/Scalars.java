package io.intake.config;

import java.math.BigDecimal;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Readers of single values. Pure. */
final class Scalars {
    private static final int MAX_TEXT = 16_384;
    private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9-]{0,62}");
    private static final Pattern WHOLE = Pattern.compile("[0-9]{1,18}");
    private static final Pattern SIZE = Pattern.compile("([0-9]{1,15}(?:\\.[0-9]{1,6})?) ?(B|[KMGT]i?B)?");
    private static final Pattern DURATION = Pattern.compile("([0-9]{1,9}) ?(ms|s|m|h|d)");
    private static final Map<String, Long> SIZE_UNITS = Map.of(
            "B",
            1L,
            "KiB",
            1L << 10,
            "MiB",
            1L << 20,
            "GiB",
            1L << 30,
            "TiB",
            1L << 40,
            "KB",
            1_000L,
            "MB",
            1_000_000L,
            "GB",
            1_000_000_000L,
            "TB",
            1_000_000_000_000L);
    private static final Map<String, Duration> DURATION_UNITS = Map.of(
            "ms",
            Duration.ofMillis(1),
            "s",
            Duration.ofSeconds(1),
            "m",
            Duration.ofMinutes(1),
            "h",
            Duration.ofHours(1),
            "d",
            Duration.ofDays(1));

    private Scalars() {}

    /** A text that is not empty. What YAML reads as a number, true or null must be in quotes to be a text. */
    static Optional<String> text(Node node, String key, Problems problems) {
        if (!(node instanceof ScalarNode scalar)) {
            problems.add(node, "'" + key + "' must be a text");
        } else if (scalar.getValue().isEmpty()) {
            problems.add(node, "'" + key + "' is empty");
        } else if (!scalar.getTag().equals(Tag.STR)) {
            problems.add(node, "'" + key + "' must be a text; put it in quotes if it is one");
        } else if (scalar.getValue().length() > MAX_TEXT) {
            problems.add(node, "'" + key + "' is longer than 16,384 characters");
        } else {
            return Optional.of(scalar.getValue());
        }
        return Optional.empty();
    }

    /** A text that matches a pattern as a whole. */
    static Reader<String> text(Pattern pattern, String rule) {
        return (node, key, problems) -> text(node, key, problems).filter(value -> {
            boolean matches = pattern.matcher(value).matches();
            if (!matches) {
                problems.add(node, "'" + key + "' must be " + rule);
            }
            return matches;
        });
    }

    /** The name of a partner, feed or engine: it becomes part of keys, log lines and idempotency keys. */
    static Reader<String> id() {
        return text(ID, "1 to 63 lower-case letters, digits and hyphens, the first no hyphen");
    }

    /** One of an enum's constants, in lower case with hyphens. */
    static <E extends Enum<E>> Reader<E> word(Class<E> type) {
        List<E> all = List.of(type.getEnumConstants());
        return (node, key, problems) -> text(node, key, problems).flatMap(text -> {
            Optional<E> found =
                    all.stream().filter(each -> word(each).equals(text)).findFirst();
            if (found.isEmpty()) {
                String words = String.join(", ", all.stream().map(Scalars::word).toList());
                problems.add(node, "'" + key + "' must be one of " + words);
            }
            return found;
        });
    }

    private static String word(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** True or false. */
    static Optional<Boolean> bool(Node node, String key, Problems problems) {
        if (node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.BOOL)) {
            return Optional.of(scalar.getValue().equalsIgnoreCase("true"));
        }
        problems.add(node, "'" + key + "' must be true or false");
        return Optional.empty();
    }

    /** A whole number, both ends included. */
    static Reader<Integer> integer(int least, int most) {
        return (node, key, problems) -> {
            Optional<Integer> value = plain(node)
                    .filter(text -> WHOLE.matcher(text).matches())
                    .map(Long::parseLong)
                    .filter(number -> number >= least && number <= most)
                    .map(Math::toIntExact);
            if (value.isEmpty()) {
                problems.add(node, "'%s' must be a whole number from %,d to %,d".formatted(key, least, most));
            }
            return value;
        };
    }

    /** A size as {@code 200 GiB} or a number of bytes, 1 byte at least, in bytes. */
    static Optional<Long> size(Node node, String key, Problems problems) {
        Optional<Long> value =
                plain(node).map(SIZE::matcher).filter(Matcher::matches).flatMap(Scalars::bytes);
        if (value.isEmpty()) {
            problems.add(
                    node, "'" + key + "' must be a size such as 500 MiB or 200 GiB, of whole bytes and at most 50 TiB");
        }
        return value;
    }

    /** A rate as {@code 20 MiB/s}, in bytes per second, at least 1 KiB: less would stop rather than slow down. */
    static Optional<Long> rate(Node node, String key, Problems problems) {
        Optional<Long> value = plain(node)
                .filter(text -> text.endsWith("/s"))
                .map(text -> SIZE.matcher(text.substring(0, text.length() - 2).stripTrailing()))
                .filter(Matcher::matches)
                .flatMap(Scalars::bytes)
                .filter(bytes -> bytes >= 1 << 10);
        if (value.isEmpty()) {
            problems.add(node, "'" + key + "' must be a rate such as 20 MiB/s, at least 1 KiB/s");
        }
        return value;
    }

    private static Optional<Long> bytes(Matcher matcher) {
        String unit = matcher.group(2) == null ? "B" : matcher.group(2);
        BigDecimal bytes =
                new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(SIZE_UNITS.getOrDefault(unit, 1L)));
        boolean whole = bytes.stripTrailingZeros().scale() <= 0;
        return whole && bytes.signum() > 0 && bytes.compareTo(BigDecimal.valueOf(50L << 40)) <= 0
                ? Optional.of(bytes.longValueExact())
                : Optional.empty();
    }

    /** A duration as {@code 30s} or {@code 5m}, both ends included. */
    static Reader<Duration> duration(Duration least, Duration most, String rule) {
        return (node, key, problems) -> {
            Optional<Duration> value = plain(node)
                    .map(DURATION::matcher)
                    .filter(Matcher::matches)
                    .map(matcher -> DURATION_UNITS
                            .getOrDefault(matcher.group(2), Duration.ZERO)
                            .multipliedBy(Long.parseLong(matcher.group(1))))
                    .filter(duration -> duration.compareTo(least) >= 0 && duration.compareTo(most) <= 0);
            if (value.isEmpty()) {
                problems.add(node, "'" + key + "' must be a duration such as 30s or 5m, " + rule);
            }
            return value;
        };
    }

    /** An http or https address. It is not repeated in messages: addresses carry tokens. */
    static Optional<URI> httpAddress(Node node, String key, Problems problems) {
        return text(node, key, problems).flatMap(text -> {
            Optional<URI> uri = uri(text)
                    .filter(address -> "http".equals(address.getScheme()) || "https".equals(address.getScheme()))
                    .filter(address ->
                            address.getHost() != null && address.getPort() <= 65_535 && address.getFragment() == null);
            if (uri.isEmpty()) {
                problems.add(node, "'" + key + "' must be an address such as https://host/path");
                return uri;
            }
            if (uri.get().getRawUserInfo() != null) {
                problems.add(node, "'" + key + "' must hold no user or password; use 'authorization'");
                return Optional.empty();
            }
            return uri;
        });
    }

    private static Optional<URI> uri(String text) {
        try {
            return Optional.of(new URI(text));
        } catch (URISyntaxException notOne) {
            return Optional.empty();
        }
    }

    /** The text of a scalar that is not empty, whatever its type. */
    static Optional<String> plain(Node node) {
        return node instanceof ScalarNode scalar && !scalar.getValue().isEmpty()
                ? Optional.of(scalar.getValue())
                : Optional.empty();
    }
}
