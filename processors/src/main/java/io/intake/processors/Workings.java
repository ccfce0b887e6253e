package io.intake.processors;

import io.intake.processors.forward.EngineClient;
import io.intake.processors.join.JoinLimits;
import io.intake.processors.page.Pager;
import io.intake.processors.task.Renewals;
import io.intake.processors.task.Saves;
import io.intake.processors.unzip.ArchivePlanner.Units;
import org.jspecify.annotations.Nullable;

/**
 * What runs inside the functions; scaled simulations put their own in.
 *
 * @param engines sends records; null for HTTP
 * @param pager sends pages; null for the one that is configured
 * @param renewals keeps leases
 * @param unzipPart bytes of an entry that become durable at once
 * @param units how archives are cut into tasks
 * @param stitchPart bytes of a table that become durable at once
 * @param joins how joins are cut into tasks
 * @param saves saves a step while the next one runs
 */
record Workings(
        @Nullable EngineClient engines,
        @Nullable Pager pager,
        Renewals renewals,
        int unzipPart,
        Units units,
        int stitchPart,
        JoinLimits joins,
        Saves saves) {

    /** As in production. */
    static final Workings REAL = new Workings(
            null, null, Renewals.REAL_TIME, 8 << 20, Units.DEFAULT, 8 << 20, JoinLimits.DEFAULT, Saves.MEANWHILE);

    /** With other saves. */
    Workings saving(Saves other) {
        return new Workings(engines, pager, renewals, unzipPart, units, stitchPart, joins, other);
    }
}
