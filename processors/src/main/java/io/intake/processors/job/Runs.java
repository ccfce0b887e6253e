package io.intake.processors.job;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What a job has to do with others about the same upload. An operator can have a file worked on again: by a new job, so that
 * what became of the first stays as it was. Each job is replayed at most once; then it is the newest one's turn. Immutable.
 *
 * @param replay why this job exists, if it is a replay; null of an upload's first job
 * @param replayed that there is a newer job; null of the newest
 */
public record Runs(@Nullable Replay replay, @Nullable Replayed replayed) {

    /** The first stage that is worked on again. */
    public enum From {
        /** Everything is made anew of the upload. */
        UNZIP,
        /** The files that were extracted are read again. */
        STITCH,
        /** The tables that were made are sent again. */
        FORWARD
    }

    /**
     * An operator's order.
     *
     * @param of the job that ended in another way than it should
     * @param from the first stage that is worked on again; what came before is taken from the other job
     * @param failedOnly whether what an engine has acknowledged is not sent again; only from FORWARD
     * @param delivery the job in whose name records are sent: an engine that drops repeats knows them by it. The replay's own
     *     where it is to take them once more
     * @param data the job whose files or tables are taken; null where nothing is
     * @param by who ordered it, as the operator is known here
     * @param at when
     * @param why in the operator's words: no PHI
     */
    public record Replay(
            String of,
            From from,
            boolean failedOnly,
            String delivery,
            @Nullable String data,
            String by,
            Instant at,
            String why) {}

    /**
     * That a job was replayed.
     *
     * @param as the newer job
     * @param by who ordered it
     * @param at when
     */
    public record Replayed(String as, String by, Instant at) {}
}
