package io.intake.processors.query;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.bucket.BucketLayout;
import io.intake.processors.Records;
import io.intake.processors.job.Job;
import io.intake.processors.job.JobStore;
import io.intake.store.ObjectStore;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Sets of files that are not complete: a listing of their marks, and two GETs for each. Thread-safe. */
public final class SetQuery {
    private final ObjectStore store;
    private final Records records;
    private final JobStore jobs;

    public SetQuery(ObjectStore store, Records records, JobStore jobs) {
        this.store = store;
        this.records = records;
        this.jobs = jobs;
    }

    /**
     * A set that waits for more files.
     *
     * @param id of the set; no job's
     * @param partner whose
     * @param feed of its files
     * @param files that are there
     * @param until when its time is up
     * @param paged whether somebody was told that it is overdue
     */
    public record OpenSet(String id, String partner, String feed, int files, Instant until, boolean paged) {}

    /** The sets that are open. */
    public List<OpenSet> open() {
        List<OpenSet> open = new ArrayList<>();
        var marks = Listing.objects(store, BucketLayout.OPEN_SETS);
        while (marks.hasNext()) {
            String name = marks.next().key().substring(BucketLayout.OPEN_SETS.length());
            int dash = name.lastIndexOf('-');
            String id = dash < 0 ? name : name.substring(0, dash);
            records.find(BucketLayout.set(id), JsonNode.class)
                    .map(found -> found.value())
                    .filter(set -> set.path("job").isNull() || set.path("job").isMissingNode())
                    .flatMap(set -> of(id, set))
                    .ifPresent(open::add);
        }
        return open;
    }

    private Optional<OpenSet> of(String id, JsonNode set) {
        @Nullable String first = set.path("members").path(0).path("job").textValue();
        Optional<Job> any = first == null ? Optional.empty() : jobs.find(first);
        return any.map(job -> new OpenSet(
                id,
                job.partner(),
                job.feedId(),
                set.path("members").size(),
                Instant.parse(set.path("until").asText()),
                set.path("paged").asBoolean()));
    }
}
