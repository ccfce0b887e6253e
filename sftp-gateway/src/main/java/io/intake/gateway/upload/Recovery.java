package io.intake.gateway.upload;

import io.intake.gateway.upload.ResumeRecord.Multipart;
import io.intake.store.ObjectStore;
import io.intake.store.Part;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Decides what of an unfinished upload can be relied on. Pure. */
final class Recovery {
    private Recovery() {}

    /**
     * The record as the store's parts bear it out; empty if nothing is left of it.
     *
     * <p>A recorded part that is gone or was replaced ends the file there. Of a session that did not park, parts behind the
     * recorded ones count too, and the tail, which the first of them begins with, then does not.
     *
     * @param listed the upload's parts by ascending number; empty if the store does not know the upload any more
     */
    static Optional<ResumeRecord> check(ResumeRecord record, List<Part> listed) {
        Multipart multipart = record.multipart();
        if (multipart == null) {
            return nonEmpty(record);
        }
        if (listed.isEmpty() && !multipart.parts().isEmpty()) {
            return Optional.empty();
        }
        Map<Integer, Part> stored = new HashMap<>();
        listed.forEach(part -> stored.put(part.number(), part));
        List<Part> durable = new ArrayList<>();
        for (Part part : multipart.parts()) {
            Part found = stored.get(part.number());
            if (found == null || !found.etag().equals(part.etag())) {
                return nonEmpty(record.with(multipart.withParts(durable), null));
            }
            durable.add(part);
        }
        if (record.parked()) {
            return nonEmpty(record);
        }
        List<Part> further = further(durable.size() + 1, stored);
        if (further.isEmpty()) {
            return nonEmpty(record);
        }
        durable.addAll(further);
        return nonEmpty(record.with(multipart.withParts(durable), null));
    }

    /** The same where the store does not know the upload any more: a tail is left if it is the file's beginning. */
    static Optional<ResumeRecord> withoutUpload(ResumeRecord record) {
        return record.partBytes() > 0 ? Optional.empty() : nonEmpty(record.with(null, record.tail()));
    }

    /**
     * Parts without a gap from a number on. A file's last part is left out unless it looks like any other (whole slabs, at
     * least the smallest part): nothing could follow a smaller one, and a partial that looked whole would make a client
     * believe that there is nothing left to do.
     */
    private static List<Part> further(int from, Map<Integer, Part> stored) {
        List<Part> parts = new ArrayList<>();
        for (Part part = stored.get(from); part != null; part = stored.get(part.number() + 1)) {
            if (part.size() < ObjectStore.Limits.MIN_PART_BYTES || part.size() % MemoryBudget.SLAB_BYTES != 0) {
                break;
            }
            parts.add(part);
        }
        return parts;
    }

    private static Optional<ResumeRecord> nonEmpty(ResumeRecord record) {
        return record.size() == 0 ? Optional.empty() : Optional.of(record);
    }
}
