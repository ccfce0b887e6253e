package io.intake.processors.operator;

import io.intake.bucket.BucketLayout;
import io.intake.config.Configuration;
import io.intake.config.ConfigurationException;
import io.intake.config.ConfigurationParser;
import io.intake.processors.Records;
import io.intake.processors.Secrets;
import io.intake.processors.sweep.Heartbeat;
import io.intake.store.AbsentException;
import io.intake.store.ConflictException;
import io.intake.store.Content;
import io.intake.store.ListRequest;
import io.intake.store.ObjectContent;
import io.intake.store.Precondition;
import io.intake.store.PutRequest;
import io.intake.store.ReadRequest;
import io.intake.store.StoreException;
import io.intake.store.s3.BucketSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Examines a bucket and what is configured in it. What cannot be told is said so and goes on. Changes nothing. */
final class Doctor {
    /** The sweep runs every five minutes (serverless.yml). */
    private static final Duration SILENT = Duration.ofMinutes(15);

    private static final Pattern SECRET = Pattern.compile("secret:([A-Za-z0-9][A-Za-z0-9_./-]*)");

    private final Session session;
    private final List<Finding> findings = new ArrayList<>();

    Doctor(Session session) {
        this.session = session;
    }

    /** How something is. */
    enum Verdict {
        /** As it should be. */
        OK,
        /** It cannot be told, or does not matter here. */
        SKIPPED,
        /** It should be otherwise. */
        WARNING,
        /** It must be otherwise. */
        PROBLEM
    }

    /**
     * One thing that was looked at.
     *
     * @param about what
     * @param verdict how it is
     * @param says why, and what to do; no secret, no name
     */
    record Finding(String about, Verdict verdict, String says) {}

    List<Finding> examine() {
        try (BucketSettings settings = new BucketSettings(session.settings())) {
            bucket(settings);
        }
        return contents();
    }

    /** What can be told by the bucket's objects, behind what was found before. */
    List<Finding> contents() {
        rights();
        configuration();
        sweep();
        return List.copyOf(findings);
    }

    private void bucket(BucketSettings settings) {
        InstantSource clock = session.surroundings().clock();
        find("clock", () -> BucketChecks.clock(settings.date(), clock.instant()));
        find("versioning", () -> BucketChecks.versioning(settings.versioned()));
        find("encryption", () -> BucketChecks.encryption(settings.encryption()));
        find("public access", () -> BucketChecks.publicAccess(settings.closedToThePublic()));
        find("events", () -> BucketChecks.events(settings.notifications()));
        find("lifecycle", () -> BucketChecks.lifecycle(settings.lifecycle()));
    }

    /** Writing is tried with a condition that no object meets: it is refused for that, or for the lack of the right. */
    private void rights() {
        for (String prefix :
                List.of(BucketLayout.JOBS, BucketLayout.TASKS, BucketLayout.QUARANTINE, BucketLayout.HELD)) {
            find("right to list " + prefix, () -> {
                var _ = session.store().list(new ListRequest(prefix, null, null, null, 1));
                return ok("granted");
            });
        }
        for (String prefix : List.of(BucketLayout.JOBS, BucketLayout.TASKS, BucketLayout.TAKEN, BucketLayout.AUDIT)) {
            find("right to write " + prefix, () -> write(prefix));
        }
    }

    private Finding write(String prefix) {
        try {
            var _ = session.store()
                    .put(new PutRequest(
                            prefix + "doctor-never-there",
                            Content.of(new byte[0]),
                            "text/plain",
                            Map.of(),
                            Precondition.ifMatch("00000000000000000000000000000000")));
            return warning("the store does not heed conditions: two operators at once could both win");
        } catch (AbsentException | ConflictException refused) {
            return ok("granted");
        }
    }

    private void configuration() {
        String yaml;
        try (ObjectContent content = session.store().read(ReadRequest.whole(BucketLayout.PARTNERS))) {
            yaml = new String(content.stream().readAllBytes(), StandardCharsets.UTF_8);
        } catch (AbsentException none) {
            add("partners.yml", problem(BucketLayout.PARTNERS + " is not there"));
            return;
        } catch (IOException | StoreException failed) {
            add("partners.yml", problem("cannot be read: " + failed.getMessage()));
            return;
        }
        try {
            Configuration configuration = ConfigurationParser.parse(BucketLayout.PARTNERS, yaml);
            add("partners.yml", ok("valid: " + configuration.partners().size() + " partners"));
            add(
                    "pager",
                    configuration.pager() == null ? problem("none: nobody is paged, for anything") : ok("configured"));
        } catch (ConfigurationException wrong) {
            add(
                    "partners.yml",
                    problem(wrong.problems().size() + " mistakes, the first: "
                            + wrong.problems().getFirst()));
        }
        secrets(yaml);
    }

    private void secrets(String yaml) {
        TreeSet<String> names = new TreeSet<>();
        Matcher matcher = SECRET.matcher(yaml);
        while (matcher.find()) {
            names.add(matcher.group(1));
        }
        Secrets secrets = session.secrets();
        for (String name : names) {
            find("secret " + name, () -> {
                var _ = secrets.resolve("secret:" + name);
                return ok("there");
            });
        }
    }

    private void sweep() {
        find("sweep", () -> {
            Instant now = session.surroundings().clock().instant();
            return session.records()
                    .find(BucketLayout.HEARTBEAT, Heartbeat.Last.class)
                    .map(Records.Versioned::value)
                    .map(last -> last.at().isBefore(now.minus(SILENT))
                            ? problem("it last ended " + Texts.age(last.at(), now) + " ago")
                            : ok("it last ended " + Texts.age(last.at(), now) + " ago"))
                    .orElseGet(() -> problem("it never ended: is its schedule enabled?"));
        });
    }

    /** What fails is a finding too. */
    private void find(String about, Supplier<Finding> look) {
        try {
            add(about, look.get());
        } catch (StoreException failed) {
            String message = String.valueOf(failed.getMessage());
            boolean untold = message.contains("501 ") || message.contains("NotImplemented");
            add(
                    about,
                    untold
                            ? skipped("this store does not tell")
                            : IntakeCommand.isDenied(failed) ? warning("no right to see it") : problem(message));
        } catch (ProblemException | IllegalStateException | IllegalArgumentException wrong) {
            add(about, problem(String.valueOf(wrong.getMessage())));
        }
    }

    private void add(String about, Finding finding) {
        findings.add(new Finding(about, finding.verdict(), finding.says()));
    }

    static Finding ok(String says) {
        return new Finding("", Verdict.OK, says);
    }

    static Finding skipped(String says) {
        return new Finding("", Verdict.SKIPPED, says);
    }

    static Finding warning(String says) {
        return new Finding("", Verdict.WARNING, says);
    }

    static Finding problem(String says) {
        return new Finding("", Verdict.PROBLEM, says);
    }
}
