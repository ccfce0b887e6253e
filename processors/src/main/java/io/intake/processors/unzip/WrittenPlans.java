package io.intake.processors.unzip;

import io.intake.bucket.BucketLayout;
import io.intake.bucket.RecordNames;
import io.intake.processors.Json;
import io.intake.processors.plan.Plan;
import io.intake.store.AlreadyPresentException;
import io.intake.store.Content;
import io.intake.store.ObjectContent;
import io.intake.store.ObjectStore;
import io.intake.store.Precondition;
import io.intake.store.PutRequest;
import io.intake.store.ReadRequest;
import io.intake.store.TransientStoreException;
import java.io.IOException;
import java.util.Map;

/** The plans of archives in the bucket: each is written once, and the one that was written first counts. Thread-safe. */
final class WrittenPlans {
    private final ObjectStore store;
    private final RecordNames names;

    /** @param names how a plan holds the names of entries and tables */
    WrittenPlans(ObjectStore store, RecordNames names) {
        this.store = store;
        this.names = names;
    }

    /** Writes a plan, and gives the one that is there. */
    Plan keep(String job, Plan plan) {
        Content content = Content.of(Json.bytes(plan.renamed(name -> names.seal(job, name))));
        try {
            store.put(new PutRequest(BucketLayout.plan(job), content, Json.TYPE, Map.of(), Precondition.IF_ABSENT));
            return plan;
        } catch (AlreadyPresentException earlier) {
            // equal, unless it was made by another version of this code: then tasks may have begun by it
            return require(job);
        }
    }

    /** The plan of a job that has one. */
    Plan require(String job) {
        String key = BucketLayout.plan(job);
        try (ObjectContent content = store.read(ReadRequest.whole(key))) {
            return Json.read(content.stream().readAllBytes(), Plan.class).renamed(name -> names.open(job, name));
        } catch (IOException lost) {
            throw new TransientStoreException("read", key, "the stream was lost", lost);
        }
    }
}
