package io.intake.processors.sweep;

import io.intake.bucket.BucketLayout;
import io.intake.processors.job.JobStore;
import io.intake.store.ObjectStore;
import io.intake.store.UploadPage;
import io.intake.store.UploadPage.Unfinished;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

/**
 * Ends multipart uploads of jobs that have ended: of invocations that were killed before they could save an upload's id, or
 * fenced off after they had begun one. Nobody else knows of them. Thread-safe.
 */
public final class ForgottenUploads {
    /** Longer than an invocation lives: what is younger may still be somebody's. */
    private static final Duration YOUNG = Duration.ofMinutes(30);

    private final ObjectStore store;
    private final JobStore jobs;

    public ForgottenUploads(ObjectStore store, JobStore jobs) {
        this.store = store;
        this.jobs = jobs;
    }

    void end(Guard guard, Instant now) {
        Map<String, Boolean> over = new HashMap<>();
        String continuation = null;
        do {
            UploadPage page = store.listUploads(BucketLayout.JOBS, continuation);
            for (Unfinished upload : page.uploads()) {
                if (upload.initiated().isBefore(now.minus(YOUNG))) {
                    guard.run(() -> {
                        if (over.computeIfAbsent(job(upload), this::isOver)) {
                            store.abortUpload(upload.ref());
                        }
                    });
                }
            }
            continuation = page.continuation();
        } while (continuation != null);
    }

    private boolean isOver(String job) {
        return jobs.find(job).map(found -> found.state().terminal()).orElse(true);
    }

    private static String job(Unfinished upload) {
        String behind = upload.ref().key().substring(BucketLayout.JOBS.length());
        int end = behind.indexOf('/');
        return end < 0 ? behind : behind.substring(0, end);
    }
}
