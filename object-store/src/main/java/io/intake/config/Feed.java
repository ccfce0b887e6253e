package io.intake.config;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One kind of file that a partner sends, and what becomes of it. Serialises with Jackson as it stands: a job keeps a
 * snapshot of its feed.
 *
 * @param id unique within its partner
 * @param match what the file's path without its leading slash must match as a whole
 * @param limits what an archive may hold
 * @param format how its delimited files are written, where their table does not say otherwise
 * @param tables in the order of delivery; empty where each delimited file is its own table, named after the file
 * @param engine the id of the engine that gets the records
 * @param batch records per request, 1 to 100,000
 * @param receipts which receipts the partner wants
 * @param stitch how tables are nested into records; null where each row is a record
 * @param controls what its files are measured by
 * @param files how files are delivered as they are; null where they are read
 */
public record Feed(
        String id,
        String match,
        ArchiveLimits limits,
        Format format,
        List<Table> tables,
        String engine,
        int batch,
        Set<ReceiptKind> receipts,
        @Nullable Join stitch,
        Controls controls,
        @Nullable FileDelivery files) {
    /**
     * A feed.
     *
     * @param controls null, as in snapshots of earlier versions, for what they did
     */
    public Feed(
            String id,
            String match,
            ArchiveLimits limits,
            Format format,
            List<Table> tables,
            String engine,
            int batch,
            Set<ReceiptKind> receipts,
            @Nullable Join stitch,
            @Nullable Controls controls,
            @Nullable FileDelivery files) {
        this.id = id;
        this.match = match;
        this.limits = limits;
        this.format = format;
        this.tables = List.copyOf(tables);
        this.engine = engine;
        this.batch = batch;
        this.receipts = inOrder(receipts);
        this.stitch = stitch;
        this.controls = controls == null ? Controls.DEFAULT : controls;
        this.files = files;
    }

    /** A feed whose files are read, and go through whatever they are like. */
    public Feed(
            String id,
            String match,
            ArchiveLimits limits,
            Format format,
            List<Table> tables,
            String engine,
            int batch,
            Set<ReceiptKind> receipts,
            @Nullable Join stitch) {
        this(id, match, limits, format, tables, engine, batch, receipts, stitch, Controls.DEFAULT, null);
    }

    /** A feed whose rows are records. */
    public Feed(
            String id,
            String match,
            ArchiveLimits limits,
            Format format,
            List<Table> tables,
            String engine,
            int batch,
            Set<ReceiptKind> receipts) {
        this(id, match, limits, format, tables, engine, batch, receipts, null);
    }

    // Set.copyOf iterates in another order in each process; a snapshot of a feed must read the same in all of them
    private static Set<ReceiptKind> inOrder(Set<ReceiptKind> receipts) {
        Set<ReceiptKind> copy = EnumSet.noneOf(ReceiptKind.class);
        copy.addAll(receipts);
        return Collections.unmodifiableSet(copy);
    }

    /** Whether this feed takes the file at a path without its leading slash. */
    public boolean matches(String path) {
        return Patterns.of(match).matcher(path).matches();
    }
}
