package io.intake.processors.join;

import io.intake.config.Join;
import io.intake.config.Join.Child;
import io.intake.config.Join.On;
import io.intake.config.Join.Unmatched;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Patients, their visits and the results of these as an export writes them: each table sorted by the keys it is joined by. */
final class SortedJoin {
    final LinkedHashMap<String, String> files = new LinkedHashMap<>();
    final Join join;

    /** Whether two rows of a table were exchanged, or a key was taken away. */
    final boolean disturbed;

    private final Random random;
    private final boolean numbers;
    private final Map<String, List<String>> rows = new LinkedHashMap<>();
    private int next = 1;

    /**
     * Makes tables.
     *
     * @param disturb whether some are only nearly sorted
     */
    SortedJoin(long seed, int patients, boolean disturb) {
        random = new Random(seed);
        numbers = random.nextBoolean();
        for (String table : List.of("patients", "visits", "results", "notes")) {
            rows.put(table, new ArrayList<>());
        }
        int crowded = random.nextInt(3) == 0 ? random.nextInt(patients) : -1;
        boolean orphans = random.nextBoolean();
        for (int patient = 0; patient < patients; patient++) {
            patient(id(patient), patient == crowded ? 40 : 4, orphans);
        }
        disturbed = disturb && disturb();
        join = new Join(
                "patients",
                List.of(
                        child("visits", "MRN", "PATIENT", List.of(child("results", "ID", "VISIT", List.of()))),
                        child("notes", "MRN", "PATIENT", List.of())));
        Map<String, String> headers = Map.of(
                "patients", "MRN,NAME", "visits", "ID,PATIENT", "results", "VISIT,VALUE", "notes", "PATIENT,TEXT");
        rows.forEach((table, lines) ->
                files.put(table, headers.get(table) + "\n" + String.join("\n", lines) + (lines.isEmpty() ? "" : "\n")));
    }

    private Child child(String table, String of, String by, List<Child> children) {
        Unmatched policy = random.nextInt(10) == 0
                ? Unmatched.REJECT
                : random.nextBoolean() ? Unmatched.REPORT : Unmatched.UNATTACHED;
        return new Child(table, List.of(new On(of, by)), table, policy, policy, 0, null, children);
    }

    private String id(int number) {
        return numbers ? Integer.toString(number * 3) : "P%05d".formatted(number);
    }

    private void patient(String id, int most, boolean orphans) {
        boolean absent = orphans && random.nextInt(6) == 0;
        int times = absent ? 0 : random.nextInt(60) == 0 && random.nextInt(6) == 0 ? 2 : 1;
        for (int i = 0; i < times; i++) {
            rows.get("patients").add(id + ",\"name \u00e9 " + random.nextInt(1_000) + "\"");
        }
        for (int i = random.nextInt(most + 1); i > 0; i--) {
            String visit = numbers ? Integer.toString(next) : "V%06d".formatted(next);
            next++;
            if (!orphans || random.nextInt(8) > 0) {
                rows.get("visits").add(visit + "," + id);
            }
            for (int j = random.nextInt(4); j > 0; j--) {
                rows.get("results").add(visit + "," + random.nextInt(1_000));
            }
        }
        for (int i = random.nextInt(3); i > 0; i--) {
            rows.get("notes").add(id + ",\"" + "x".repeat(random.nextInt(60)) + "\"");
        }
    }

    private boolean disturb() {
        List<List<String>> tables = new ArrayList<>(rows.values());
        List<String> table = tables.get(random.nextInt(tables.size()));
        if (table.size() < 2) {
            return false;
        }
        int one = random.nextInt(table.size());
        if (random.nextInt(4) == 0) {
            table.set(one, table.get(one).replaceFirst("^[^,]*", " "));
        } else {
            Collections.swap(table, one, random.nextInt(table.size()));
        }
        return true;
    }
}
