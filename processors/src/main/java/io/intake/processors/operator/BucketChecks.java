package io.intake.processors.operator;

import static io.intake.processors.operator.Doctor.ok;
import static io.intake.processors.operator.Doctor.problem;
import static io.intake.processors.operator.Doctor.skipped;
import static io.intake.processors.operator.Doctor.warning;

import io.intake.bucket.BucketLayout;
import io.intake.bucket.Stage;
import io.intake.processors.operator.Doctor.Finding;
import io.intake.store.s3.BucketSettings.Encryption;
import io.intake.store.s3.BucketSettings.Expiry;
import io.intake.store.s3.BucketSettings.Notification;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** How a bucket's settings must be. Pure. */
final class BucketChecks {
    /** Beyond it signatures are soon refused: S3 takes 15 minutes. */
    private static final Duration SKEW = Duration.ofMinutes(1);

    private BucketChecks() {}

    /** @param date the store's; empty where it does not say */
    static Finding clock(Optional<Instant> date, Instant ours) {
        if (date.isEmpty()) {
            return skipped("the store does not say what time it is");
        }
        Duration apart = Duration.between(date.get(), ours).abs();
        return apart.compareTo(SKEW) > 0
                ? problem("this machine and the store are " + apart.toSeconds() + " s apart")
                : ok("within " + SKEW.toSeconds() + " s of the store's");
    }

    static Finding versioning(boolean on) {
        return on ? ok("enabled") : problem("off: enable it");
    }

    /** @param usual empty for none */
    static Finding encryption(Optional<Encryption> usual) {
        return usual.map(found -> found.algorithm().startsWith("aws:kms")
                        ? ok(found.algorithm()
                                + (found.bucketKey() ? ", bucket key" : ", no bucket key: dearer than need be"))
                        : warning(found.algorithm() + ": not by a key of KMS's"))
                .orElseGet(() -> problem("none by default"));
    }

    static Finding publicAccess(boolean closed) {
        return closed ? ok("blocked") : problem("not blocked");
    }

    static Finding events(List<Notification> rules) {
        TreeSet<String> missing = new TreeSet<>();
        missing.add(BucketLayout.INBOUND);
        for (Stage stage : Stage.values()) {
            missing.add(BucketLayout.TASKS + stage.id() + "/");
        }
        missing.removeIf(prefix ->
                rules.stream().anyMatch(rule -> rule.created() && rule.prefix().equals(prefix)));
        boolean failures =
                rules.stream().anyMatch(rule -> rule.created() && rule.prefix().startsWith(BucketLayout.FAILURES));
        if (!failures) {
            missing.add(BucketLayout.FAILURES + "...");
        }
        return missing.isEmpty()
                ? ok(rules.size() + " rules")
                : problem("nothing is started by " + String.join(", ", missing) + ": deploy again");
    }

    static Finding lifecycle(List<Expiry> rules) {
        List<String> missing = new ArrayList<>();
        if (rules.stream().noneMatch(rule -> rule.abortDays() != null)) {
            missing.add("unfinished uploads");
        }
        for (String prefix : List.of(BucketLayout.PARKED, BucketLayout.TASKS, BucketLayout.JOBS, BucketLayout.TAKEN)) {
            if (rules.stream()
                    .noneMatch(rule -> rule.days() != null && rule.prefix().equals(prefix))) {
                missing.add(prefix);
            }
        }
        boolean originals =
                rules.stream().anyMatch(rule -> rule.days() != null && BucketLayout.INBOUND.startsWith(rule.prefix()));
        if (originals) {
            return warning("uploads expire: is that agreed?");
        }
        return missing.isEmpty()
                ? ok(rules.size() + " rules")
                : warning("never expires: " + String.join(", ", missing));
    }
}
