package io.intake.processors.unzip;

import io.intake.processors.job.Input;
import io.intake.processors.job.Job;
import io.intake.processors.plan.Plan;
import io.intake.processors.unzip.UnzipCursor.Upload;
import io.intake.store.CopySource;
import io.intake.store.ObjectStore;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one invocation keeps between the steps of a task, so that a step does not unpack again what an earlier one did: the
 * open archive and the decoder of the entry at hand. All of it can be had again from the cursor. Not thread-safe.
 */
final class Session extends Continuing {
    private final Input input;
    private final ArchiveReader archive;
    private final List<Plan.Entry> entries;
    private final List<Member> members;
    private @Nullable EntryDecoder decoder;
    /** The last part's memory, once the store has done with it: a new array each time would be most of what is collected. */
    private byte @Nullable [] spare;

    private Session(Input input, ArchiveReader archive, List<Plan.Entry> entries, List<Member> members) {
        this.input = input;
        this.archive = archive;
        this.entries = entries;
        this.members = members;
    }

    /** Opens the archive for a run of its planned entries. */
    static Session open(ObjectStore store, Job job, Plan plan, Plan.Run run, ZipPasswords passwords) {
        Plan.Archive place = plan.archive();
        Input input = place == null ? job.input() : Sources.input(job, place.key(), place.etag(), place.size());
        ArchiveReader archive =
                ArchiveReader.open(store, input, job.requireFeed().limits(), passwords);
        try {
            List<Member> members = PlannedMembers.find(archive.members(), plan, run);
            Member last = members.getLast();
            int behind = last.index() + 1;
            List<Member> all = archive.members();
            archive.readAheadTo(behind < all.size() ? all.get(behind).offset() : input.size());
            return new Session(input, archive, plan.entries().subList(run.from(), run.to()), members);
        } catch (RuntimeException e) {
            archive.close();
            throw e;
        }
    }

    /** The archive, as it was when it was planned. */
    CopySource source() {
        return new CopySource(input.key(), input.etag(), input.versionId());
    }

    /** Where an entry's packed bytes begin in the archive. */
    long dataOffset(int index) {
        return archive.dataOffset(members.get(index));
    }

    /** The entries of the run. */
    List<Plan.Entry> entries() {
        return entries;
    }

    Member member(int index) {
        return members.get(index);
    }

    /**
     * The decoder of an entry: the open one, or one that begins behind what is stored of it.
     *
     * @param upload what is stored; null for nothing
     */
    EntryDecoder decoder(int index, @Nullable Upload upload) {
        EntryDecoder open = decoder;
        Plan.Entry entry = entries.get(index);
        if (open != null && open.entryNumber() == entry.number()) {
            return open;
        }
        closeDecoder();
        Member member = members.get(index);
        EntryDecoder fresh = upload == null
                ? EntryDecoder.begin(archive, member, entry)
                : EntryDecoder.behind(archive, member, entry, upload);
        decoder = fresh;
        return fresh;
    }

    /** Memory for a part, with at least so many bytes; whoever takes it gives it back when nobody can read it any more. */
    byte[] memory(int bytes) {
        byte[] last = spare;
        spare = null;
        return last == null || last.length < bytes ? new byte[bytes] : last;
    }

    /** The store has answered, so that it reads the part no more. */
    void giveBack(byte[] memory) {
        spare = memory;
    }

    /** Gives up the open decoder: its entry is done, or begun anew. */
    void closeDecoder() {
        EntryDecoder open = decoder;
        decoder = null;
        if (open != null) {
            open.close();
        }
    }

    @Override
    public void close() {
        closeDecoder();
        archive.close();
    }
}
