package io.intake.config;

import io.intake.config.Limits.Rate;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads an engine's {@code rate} and {@code concurrency}. */
final class LimitsReader {
    private static final Pattern RATE = Pattern.compile("([0-9]{1,7}) ?/ ?([0-9]{0,6}) ?(s|m|h|d)");
    private static final int MOST_REQUESTS = 1_000_000;
    private static final int MOST_FUNCTIONS = 64;

    private LimitsReader() {}

    /** @param usual of the kind of engine, where the configuration says nothing */
    static Limits read(Fields fields, Limits usual) {
        return new Limits(
                fields.optional("rate", LimitsReader::rate).orElse(usual.rate()),
                fields.optional("concurrency", Scalars.integer(1, MOST_FUNCTIONS))
                        .orElse(usual.concurrency()));
    }

    private static Optional<Rate> rate(Node node, String key, Problems problems) {
        Optional<Rate> rate = Scalars.plain(node)
                .map(RATE::matcher)
                .filter(Matcher::matches)
                .map(LimitsReader::rate)
                .filter(read -> read.requests() >= 1
                        && read.requests() <= MOST_REQUESTS
                        && read.period().compareTo(Duration.ofSeconds(1)) >= 0
                        && read.period().compareTo(Duration.ofDays(1)) <= 0);
        if (rate.isEmpty()) {
            problems.add(
                    node, "'" + key + "' must be requests per time, such as 7500/5m: 1 to 1,000,000, from 1s to 1d");
        }
        return rate;
    }

    private static Rate rate(Matcher read) {
        long count = read.group(2).isEmpty() ? 1 : Long.parseLong(read.group(2));
        Duration unit = switch (read.group(3)) {
            case "s" -> Duration.ofSeconds(1);
            case "m" -> Duration.ofMinutes(1);
            case "h" -> Duration.ofHours(1);
            default -> Duration.ofDays(1);
        };
        return new Rate(Integer.parseInt(read.group(1)), unit.multipliedBy(count));
    }
}
