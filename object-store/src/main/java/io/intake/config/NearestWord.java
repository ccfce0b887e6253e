package io.intake.config;

import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/** Finds the word that was probably meant. Pure. */
final class NearestWord {
    /** Longer words are no typing mistakes of ours, and the distance costs the product of both lengths. */
    private static final int MAX_LENGTH = 64;

    private NearestWord() {}

    /** The nearest of the known words, if one is near enough: a third of its letters wrong at most. */
    static Optional<String> of(String written, Collection<String> known) {
        if (written.length() > MAX_LENGTH) {
            return Optional.empty();
        }
        String normal = written.toLowerCase(Locale.ROOT).replace('_', '-');
        String best = "";
        int bestDistance = Integer.MAX_VALUE;
        for (String word : known) {
            int distance = distance(normal, word);
            if (distance < bestDistance) {
                best = word;
                bestDistance = distance;
            }
        }
        return bestDistance <= Math.max(1, best.length() / 3) ? Optional.of(best) : Optional.empty();
    }

    /** Letters to insert, delete, replace or swap with their neighbour (optimal string alignment). */
    private static int distance(String left, String right) {
        int[] beforeLast = new int[right.length() + 1];
        int[] last = new int[right.length() + 1];
        for (int column = 0; column <= right.length(); column++) {
            last[column] = column;
        }
        for (int row = 1; row <= left.length(); row++) {
            int[] current = new int[right.length() + 1];
            current[0] = row;
            for (int column = 1; column <= right.length(); column++) {
                int replaced = left.charAt(row - 1) == right.charAt(column - 1) ? 0 : 1;
                current[column] =
                        Math.min(last[column - 1] + replaced, 1 + Math.min(last[column], current[column - 1]));
                if (row > 1
                        && column > 1
                        && left.charAt(row - 1) == right.charAt(column - 2)
                        && left.charAt(row - 2) == right.charAt(column - 1)) {
                    current[column] = Math.min(current[column], beforeLast[column - 2] + 1);
                }
            }
            beforeLast = last;
            last = current;
        }
        return last[right.length()];
    }
}
