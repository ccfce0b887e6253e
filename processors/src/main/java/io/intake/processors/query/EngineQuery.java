package io.intake.processors.query;

import com.fasterxml.jackson.databind.JsonNode;
import io.intake.bucket.BucketLayout;
import io.intake.processors.Records;
import io.intake.store.ObjectStore;
import java.util.ArrayList;
import java.util.List;

/** What is known of engines: a listing and a GET for each. Thread-safe. */
public final class EngineQuery {
    private static final String STATE = "/state.json";

    private final ObjectStore store;
    private final Records records;

    public EngineQuery(ObjectStore store, Records records) {
        this.store = store;
        this.records = records;
    }

    /**
     * An engine's state.
     *
     * @param engine its id in the configuration
     * @param state as those who send to it keep it
     */
    public record EngineState(String engine, JsonNode state) {}

    /** The states of all engines that something is known of. */
    public List<EngineState> states() {
        List<EngineState> states = new ArrayList<>();
        Fetches.each(
                Listing.folders(store, BucketLayout.ENGINES, "", null),
                engine -> records.find(BucketLayout.ENGINES + engine + STATE, JsonNode.class)
                        .map(found -> new EngineState(engine, found.value())),
                states::add,
                JobQuery.WINDOW);
        return states;
    }
}
