package io.intake.processors.join;

import java.util.Arrays;

/** An order in which a table's rows may stand, by the bytes of their keys. */
enum KeyOrder {
    /** By their bytes, as unsigned numbers. */
    BYTES {
        @Override
        int compareValue(byte[] left, int leftFrom, int leftTo, byte[] right, int rightFrom, int rightTo) {
            return Arrays.compareUnsigned(left, leftFrom, leftTo, right, rightFrom, rightTo);
        }
    },
    /** Shorter values first, those of one length by their bytes: whole numbers without leading zeros. */
    NUMBERS {
        @Override
        int compareValue(byte[] left, int leftFrom, int leftTo, byte[] right, int rightFrom, int rightTo) {
            int lengths = Integer.compare(leftTo - leftFrom, rightTo - rightFrom);
            return lengths != 0 ? lengths : Arrays.compareUnsigned(left, leftFrom, leftTo, right, rightFrom, rightTo);
        }
    };

    abstract int compareValue(byte[] left, int leftFrom, int leftTo, byte[] right, int rightFrom, int rightTo);

    /** Compares two keys of as many columns as {@link RowKey} holds them: their first columns, then their second ones. */
    int compare(byte[] left, byte[] right) {
        int leftFrom = 0;
        int rightFrom = 0;
        while (leftFrom < left.length && rightFrom < right.length) {
            int leftTo = end(left, leftFrom);
            int rightTo = end(right, rightFrom);
            int compared = compareValue(left, leftFrom, leftTo, right, rightFrom, rightTo);
            if (compared != 0) {
                return compared;
            }
            leftFrom = leftTo + 1;
            rightFrom = rightTo + 1;
        }
        return Integer.compare(left.length, right.length);
    }

    private static int end(byte[] key, int from) {
        int at = from;
        while (key[at] != 0) {
            at++;
        }
        return at;
    }
}
