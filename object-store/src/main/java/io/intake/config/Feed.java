package io.intake.config;

import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Objects;
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
 * @param parallel how many units of work of one file are open at once in a stage; 0 stands for the default
 * @param collect how files that arrive over time make a set; null where each file is worked on by itself
 * @param controls what its files are measured by
 * @param files how files are delivered as they are; null where they are read
 * @param decrypt how its files are decrypted; null where they are not encrypted
 * @param template the name of the template that shapes each record; null where records go as they are
 * @param mode whether what its files hold is for the engine
 * @param expect when its files are expected; null where nobody misses them
 * @param delivery in what order they are delivered, and how many records may be refused
 * @param unknownMember what becomes of files in an archive that belong to no table
 * @param ready when a file that is here counts as whole
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
        int parallel,
        @Nullable Collect collect,
        Controls controls,
        @Nullable FileDelivery files,
        @Nullable Decryption decrypt,
        @Nullable String template,
        FeedMode mode,
        @Nullable Expect expect,
        DeliveryRules delivery,
        UnknownMember unknownMember,
        Ready ready) {
    /** Less than half of what the functions may do at once: see reservedConcurrency in serverless.yml. */
    public static final int DEFAULT_PARALLEL = 8;

    public Feed {
        parallel = parallel == 0 ? DEFAULT_PARALLEL : parallel;
        tables = List.copyOf(tables);
        receipts = inOrder(receipts);
        controls = Objects.requireNonNullElse(controls, Controls.DEFAULT);
        delivery = Objects.requireNonNullElse(delivery, DeliveryRules.DEFAULT);
        mode = Objects.requireNonNullElse(mode, FeedMode.LIVE);
        unknownMember = Objects.requireNonNullElse(unknownMember, UnknownMember.QUARANTINE);
        ready = Objects.requireNonNullElse(ready, Ready.CLOSE);
    }

    /** A feed whose files are whole when they are here. */
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
            int parallel,
            @Nullable Collect collect,
            Controls controls,
            @Nullable FileDelivery files,
            @Nullable Decryption decrypt,
            @Nullable String template,
            FeedMode mode,
            @Nullable Expect expect,
            DeliveryRules delivery,
            UnknownMember unknownMember) {
        this(
                id,
                match,
                limits,
                format,
                tables,
                engine,
                batch,
                receipts,
                stitch,
                parallel,
                collect,
                controls,
                files,
                decrypt,
                template,
                mode,
                expect,
                delivery,
                unknownMember,
                Ready.CLOSE);
    }

    /** A live feed that is not expected, and whose records go as they are. */
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
            int parallel,
            @Nullable Collect collect,
            Controls controls,
            @Nullable FileDelivery files,
            @Nullable Decryption decrypt) {
        this(
                id,
                match,
                limits,
                format,
                tables,
                engine,
                batch,
                receipts,
                stitch,
                parallel,
                collect,
                controls,
                files,
                decrypt,
                null,
                FeedMode.LIVE,
                null,
                DeliveryRules.DEFAULT,
                UnknownMember.QUARANTINE);
    }

    /** A feed of plain files, each worked on by itself, which go through whatever they are like. */
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
        this(
                id,
                match,
                limits,
                format,
                tables,
                engine,
                batch,
                receipts,
                stitch,
                DEFAULT_PARALLEL,
                null,
                Controls.DEFAULT,
                null,
                null);
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

    /** The same feed with other controls. */
    public Feed with(Controls other) {
        return new Feed(
                id,
                match,
                limits,
                format,
                tables,
                engine,
                batch,
                receipts,
                stitch,
                parallel,
                collect,
                other,
                files,
                decrypt,
                template,
                mode,
                expect,
                delivery,
                unknownMember,
                ready);
    }

    /** The same feed with other ways to decrypt; null for none. */
    public Feed with(@Nullable Decryption other) {
        return new Feed(
                id,
                match,
                limits,
                format,
                tables,
                engine,
                batch,
                receipts,
                stitch,
                parallel,
                collect,
                controls,
                files,
                other,
                template,
                mode,
                expect,
                delivery,
                unknownMember,
                ready);
    }

    /** The same feed with another template; null for none. */
    public Feed shaped(@Nullable String other) {
        return new Feed(
                id,
                match,
                limits,
                format,
                tables,
                engine,
                batch,
                receipts,
                stitch,
                parallel,
                collect,
                controls,
                files,
                decrypt,
                other,
                mode,
                expect,
                delivery,
                unknownMember,
                ready);
    }

    /** The same feed with other rules for its delivery. */
    public Feed with(DeliveryRules other) {
        return new Feed(
                id,
                match,
                limits,
                format,
                tables,
                engine,
                batch,
                receipts,
                stitch,
                parallel,
                collect,
                controls,
                files,
                decrypt,
                template,
                mode,
                expect,
                other,
                unknownMember,
                ready);
    }

    /** The same feed with one table, whose rows are records. */
    public Feed of(Table only) {
        return new Feed(
                id,
                match,
                limits,
                format,
                List.of(only),
                engine,
                batch,
                receipts,
                null,
                parallel,
                collect,
                controls,
                null,
                decrypt,
                template,
                mode,
                expect,
                delivery,
                unknownMember,
                ready);
    }

    /** The same feed with other limits of its archives. */
    public Feed with(ArchiveLimits other) {
        return new Feed(
                id,
                match,
                other,
                format,
                tables,
                engine,
                batch,
                receipts,
                stitch,
                parallel,
                collect,
                controls,
                files,
                decrypt,
                template,
                mode,
                expect,
                delivery,
                unknownMember,
                ready);
    }

    /** The same feed with another rule for files of no table. */
    public Feed with(UnknownMember other) {
        return new Feed(
                id, match, limits, format, tables, engine, batch, receipts, stitch, parallel, collect, controls, files,
                decrypt, template, mode, expect, delivery, other, ready);
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

    /** Whether a list says how many rows its files hold. */
    public boolean listsRows() {
        Manifest list = collect == null ? null : collect.manifest();
        return ready.listsRows() || (list != null && list.rows() != null);
    }

    /** Whether this feed has to do with a file: one that it {@link #matches}, or that says of such files that they are ready. */
    public boolean takes(String path) {
        if (ready.isManifest(path)) {
            return true;
        }
        return ready.markedBy(path).map(this::matches).orElseGet(() -> matches(path));
    }
}
