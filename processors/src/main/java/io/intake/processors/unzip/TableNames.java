package io.intake.processors.unzip;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Names tables after files: the file's name without its suffix; where two would get the same, the path without suffix; and
 * where folders hold the same name with two suffixes, the whole path. Pure.
 */
final class TableNames {
    private static final int WHOLE_PATH = 2;

    private TableNames() {}

    /**
     * A name for each path, no two equal.
     *
     * @param paths with a suffix each, no two equal
     */
    static List<String> of(List<String> paths) {
        int[] detail = new int[paths.size()];
        while (true) {
            List<String> names = new ArrayList<>();
            Map<String, List<Integer>> holders = new HashMap<>();
            for (int i = 0; i < detail.length; i++) {
                names.add(name(paths.get(i), detail[i]));
                holders.computeIfAbsent(names.get(i), k -> new ArrayList<>()).add(i);
            }
            int[] before = detail.clone();
            holders.values().stream()
                    .filter(same -> same.size() > 1)
                    .forEach(same -> same.forEach(i -> detail[i] = Math.min(WHOLE_PATH, detail[i] + 1)));
            // ends, because details only grow, and whole paths differ
            if (Arrays.equals(before, detail)) {
                return names;
            }
        }
    }

    private static String name(String path, int detail) {
        String whole = detail == 0 ? EntryNames.fileName(path) : path;
        return detail == WHOLE_PATH ? whole : whole.substring(0, whole.lastIndexOf('.'));
    }
}
