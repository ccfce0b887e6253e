package io.intake.config;

import io.intake.config.Controls.Load;
import io.intake.config.Controls.Measure;
import io.intake.config.Controls.OutOfSequence;
import io.intake.config.Controls.RejectLimit;
import io.intake.config.Controls.SameBytes;
import io.intake.config.Controls.Sequence;
import io.intake.config.Controls.Shrink;
import java.math.BigDecimal;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;

/** Reads a feed's {@code controls}. */
final class ControlsReader {
    private static final Set<String> KNOWN = Set.of("max-reject-rows", "max-shrink", "same-bytes", "load", "sequence");
    private static final Pattern PERCENT = Pattern.compile("([0-9]{1,3}(?:\\.[0-9]{1,4})?) ?%");
    private static final Pattern ROWS = Pattern.compile("[0-9]{1,12}");
    private static final int PER_MILLION_OF_A_PERCENT = 10_000;
    private static final int DEFAULT_FILES = 5;

    private final Set<String> groups;

    /** @param groups the named groups of the feed's {@code match} */
    ControlsReader(Set<String> groups) {
        this.groups = groups;
    }

    Optional<Controls> read(Node node, String key, Problems problems) {
        return Fields.of(node, "'controls'", KNOWN, problems).map(fields -> {
            Same same = fields.optional("same-bytes", ControlsReader::sameBytes)
                    .orElse(new Same(Controls.DEFAULT.sameBytes(), Controls.DEFAULT.sameBytesDays()));
            Optional<Shrink> shrink = fields.optional("max-shrink", ControlsReader::shrink);
            Load load = fields.optional("load", Words.of(Load.class)).orElse(Load.FULL);
            if (load == Load.DELTA && shrink.isPresent()) {
                problems.add(node, "'max-shrink' compares full loads, so that it cannot be given with 'load: delta'");
            }
            return new Controls(
                    fields.optional("max-reject-rows", ControlsReader::rejects).orElse(null),
                    shrink.orElse(null),
                    same.policy(),
                    same.days(),
                    load,
                    fields.optional("sequence", this::sequence).orElse(null));
        });
    }

    private Optional<Sequence> sequence(Node node, String key, Problems problems) {
        if (node instanceof MappingNode) {
            return Fields.of(node, "'" + key + "'", Set.of("group", "policy"), problems)
                    .map(fields -> new Sequence(
                            fields.required("group", this::group).orElse(""),
                            fields.optional("policy", Words.of(OutOfSequence.class))
                                    .orElse(OutOfSequence.HOLD)));
        }
        return group(node, key, problems).map(group -> new Sequence(group, OutOfSequence.HOLD));
    }

    private Optional<String> group(Node node, String key, Problems problems) {
        return Scalars.text(node, key, problems).filter(name -> {
            boolean known = groups.contains(name);
            if (!known) {
                problems.add(node, "'" + key + "' must name a group of the feed's 'match', as seq is in (?<seq>\\d+)");
            }
            return known;
        });
    }

    private record Same(SameBytes policy, int days) {}

    static Optional<RejectLimit> rejects(Node node, String key, Problems problems) {
        Optional<String> text = Scalars.plain(node);
        Optional<RejectLimit> limit = text.filter(value -> ROWS.matcher(value).matches())
                .map(value -> new RejectLimit(Long.valueOf(value), null))
                .or(() -> perMillion(node).map(share -> new RejectLimit(null, share)));
        if (limit.isEmpty()) {
            problems.add(node, "'" + key + "' must be a number of rows, or a share such as 0.1%");
        }
        return limit;
    }

    private static Optional<Shrink> shrink(Node node, String key, Problems problems) {
        if (node instanceof MappingNode) {
            return Fields.of(node, "'" + key + "'", Set.of("percent", "of", "files"), problems)
                    .map(fields -> new Shrink(
                            fields.required("percent", Scalars.integer(1, 99)).orElse(1),
                            fields.optional("of", Words.of(Measure.class)).orElse(Measure.ROWS),
                            fields.optional("files", Scalars.integer(1, 50)).orElse(DEFAULT_FILES)));
        }
        Optional<Shrink> shrink = perMillion(node)
                .filter(share -> share % PER_MILLION_OF_A_PERCENT == 0)
                .map(share -> share / PER_MILLION_OF_A_PERCENT)
                .filter(percent -> percent >= 1 && percent <= 99)
                .map(percent -> new Shrink(percent, Measure.ROWS, DEFAULT_FILES));
        if (shrink.isEmpty()) {
            problems.add(node, "'" + key + "' must be whole percents from 1% to 99%, or a mapping with 'percent'");
        }
        return shrink;
    }

    private static Optional<Same> sameBytes(Node node, String key, Problems problems) {
        if (node instanceof MappingNode) {
            return Fields.of(node, "'" + key + "'", Set.of("policy", "days"), problems)
                    .map(fields -> new Same(
                            fields.required("policy", Words.of(SameBytes.class)).orElse(SameBytes.PROCESS),
                            fields.optional("days", Scalars.integer(1, 365)).orElse(Controls.DEFAULT.sameBytesDays())));
        }
        return Words.of(SameBytes.class)
                .read(node, key, problems)
                .map(policy -> new Same(policy, Controls.DEFAULT.sameBytesDays()));
    }

    private static Optional<Integer> perMillion(Node node) {
        return Scalars.plain(node)
                .map(PERCENT::matcher)
                .filter(Matcher::matches)
                .map(matcher -> new BigDecimal(matcher.group(1)))
                .filter(percent -> percent.compareTo(BigDecimal.valueOf(100)) <= 0)
                .map(percent -> percent.multiply(BigDecimal.valueOf(PER_MILLION_OF_A_PERCENT))
                        .intValueExact());
    }
}
