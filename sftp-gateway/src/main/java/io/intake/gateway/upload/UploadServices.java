package io.intake.gateway.upload;

import io.intake.store.ObjectStore;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * What uploads share.
 *
 * @param store where to
 * @param partials what lost sessions left
 * @param budget their memory
 * @param schedule the sizes of their parts
 * @param executor runs one task per part in flight; must start each at once, as one virtual thread per task does
 * @param pause waits before a store call is tried again
 * @param uploadIds gives each upload an id that no other has, for instance a random UUID
 * @param clock when an upload was opened
 * @param openings which uploads of a file were opened after which
 */
public record UploadServices(
        ObjectStore store,
        Partials partials,
        MemoryBudget budget,
        PartSchedule schedule,
        Executor executor,
        Pause pause,
        Supplier<String> uploadIds,
        InstantSource clock,
        Openings openings) {

    /** For a gateway that has opened no upload yet. */
    public UploadServices(
            ObjectStore store,
            Partials partials,
            MemoryBudget budget,
            PartSchedule schedule,
            Executor executor,
            Pause pause,
            Supplier<String> uploadIds,
            InstantSource clock) {
        this(store, partials, budget, schedule, executor, pause, uploadIds, clock, new Openings());
    }

    /** The same with a partner's share of the memory. */
    public UploadServices forPartner(String partner) {
        return new UploadServices(
                store, partials, budget.forPartner(partner), schedule, executor, pause, uploadIds, clock, openings);
    }
}
