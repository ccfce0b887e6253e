package io.intake.processors.join;

import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Counts by table and name. Not thread-safe. */
final class Tally {
    /** Rows of a table, as it was stitched. */
    static final String ROWS = "rows";
    /** Rows of a child that were read. */
    static final String READ = "read";
    /** Rows of a child that its parent's rows took. */
    static final String ATTACHED = "attached";
    /** Rows of a child whose key is blank. */
    static final String BLANK = "blank";
    /** Rows of a child, with a key, that no row of the parent took; known once a partition is done. */
    static final String ORPHANS = "orphans";
    /** Rows of a parent, by child, that have too many of the child's. */
    static final String TOO_MANY = "tooMany";
    /** Rows of a parent, by child, that have too few of the child's. */
    static final String TOO_FEW = "tooFew";
    /** Rows that are part of a record. */
    static final String NESTED = "nested";
    /** Rows of a child that are delivered by themselves. */
    static final String UNATTACHED = "unattached";
    /** Rows of a child that go to the rejects file. */
    static final String REPORTED = "reported";
    /** Rows of a step's parent that were read; by step. */
    static final String PARENTS = "parents";
    /** Rows of a step's parent that were written; by step. */
    static final String WRITTEN = "written";
    /** Rows of a step's parent whose key an earlier row has; by step. */
    static final String DUPLICATES = "duplicates";

    private final TreeMap<String, Long> counts;

    Tally(Map<String, Long> counts) {
        this.counts = new TreeMap<>(counts);
    }

    void add(int number, String name, long more) {
        if (more != 0) {
            counts.merge(key(number, name), more, Long::sum);
        }
    }

    void addAll(Map<String, Long> more) {
        more.forEach((key, count) -> counts.merge(key, count, Long::sum));
    }

    long get(int number, String name) {
        return counts.getOrDefault(key(number, name), 0L);
    }

    SortedMap<String, Long> counts() {
        return new TreeMap<>(counts);
    }

    private static String key(int number, String name) {
        return number + "." + name;
    }
}
