package io.intake.processors.unzip;

import io.intake.processors.job.RefusedException;
import io.intake.processors.unzip.TablePlanner.Part;
import io.intake.processors.unzip.TablePlanner.TableFiles;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The order in which a table's files are appended. Pure. */
final class PartOrder {
    private static final Pattern NUMBER = Pattern.compile("\\d{1,18}");

    private PartOrder() {}

    /**
     * The numbers of a table's entries in order: by the feed's named group as a number, else by path.
     *
     * @throws RefusedException if numbers are double, do not follow one another, or are missing on some of several parts
     */
    static List<Integer> ordered(TableFiles table) {
        String group = table.table().order();
        if (group == null) {
            return table.parts().stream()
                    .sorted(Comparator.comparing(part -> part.file().path()))
                    .map(Part::entry)
                    .toList();
        }
        return byNumber(table, group);
    }

    private static List<Integer> byNumber(TableFiles table, String group) {
        List<Part> parts = table.parts();
        Part only = parts.getFirst();
        if (parts.size() == 1 && only.match().group(group) == null) {
            // a table that is sent whole on small days and in parts on others
            return List.of(only.entry());
        }
        SortedMap<Long, Part> byNumber = new TreeMap<>();
        for (Part part : parts) {
            Long number = number(part.match().group(group));
            if (number == null) {
                throw Refusals.unnumberedPart(part.file().member(), table.position());
            }
            Part other = byNumber.putIfAbsent(number, part);
            if (other != null) {
                throw Refusals.duplicatePart(other.file().member(), part.file().member());
            }
        }
        requireNoGap(table, byNumber);
        requireExpected(table);
        return byNumber.values().stream().map(Part::entry).toList();
    }

    /** Distinct numbers from 0 or 1 whose span equals their count leave no gap. */
    private static void requireNoGap(TableFiles table, SortedMap<Long, Part> byNumber) {
        long first = byNumber.firstKey();
        if (first > 1 || byNumber.lastKey() - first + 1 != byNumber.size()) {
            throw Refusals.missingPart(table.position(), byNumber.size());
        }
    }

    /** Where files say of how many they are one, they must be that many. */
    private static void requireExpected(TableFiles table) {
        String group = table.table().expect();
        if (group == null) {
            return;
        }
        for (Part part : table.parts()) {
            Long expected = number(part.match().group(group));
            if (expected == null || expected != table.parts().size()) {
                throw Refusals.otherCount(
                        part.file().member(), table.position(), table.parts().size(), expected);
            }
        }
    }

    private static @Nullable Long number(@Nullable String text) {
        return text != null && NUMBER.matcher(text).matches() ? Long.valueOf(text) : null;
    }
}
