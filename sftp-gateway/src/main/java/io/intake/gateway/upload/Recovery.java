package io.intake.gateway.upload;

import io.intake.gateway.upload.ResumeRecord.Multipart;
import io.intake.store.Part;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.IntFunction;

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
     * @param following the segments that follow so many parts
     */
    static Optional<ResumeRecord> check(
            ResumeRecord record, List<Part> listed, PartLimits limits, IntFunction<List<Segment>> following) {
        Multipart multipart = record.multipart();
        if (multipart == null) {
            return nonEmpty(record);
        }
        if (listed.isEmpty() && !multipart.parts().isEmpty()) {
            return Optional.empty();
        }
        List<Part> durable = new ArrayList<>(durable(multipart.parts(), listed, limits.inPlaceParts()));
        if (durable.size() < multipart.parts().size()) {
            return nonEmpty(record.with(multipart.with(durable, List.of()), null));
        }
        if (record.parked()) {
            List<Segment> segments = multipart.segments().isEmpty()
                    ? List.of()
                    : durableSegments(multipart.segments(), following.apply(durable.size()));
            return nonEmpty(settled(record, multipart.with(durable, segments)));
        }
        durable.addAll(contiguous(durable.size() + 1, listed, limits));
        List<Segment> segments = known(multipart.segments(), following.apply(durable.size()));
        return nonEmpty(settled(record, multipart.with(durable, segments)));
    }

    /** The tail counts as long as it begins where it began. */
    private static ResumeRecord settled(ResumeRecord record, Multipart found) {
        if (found.equals(record.multipart())) {
            return record;
        }
        Multipart was = Objects.requireNonNull(record.multipart());
        return record.with(found, found.size() == was.size() ? record.tail() : null);
    }

    /**
     * Those that were recorded and are still there.
     *
     * @param copiedFrom parts behind this one are copies: two sessions, one after the other, may have made the same one
     */
    private static List<Part> durable(List<Part> recorded, List<Part> listed, int copiedFrom) {
        Map<Integer, Part> stored = new HashMap<>();
        listed.forEach(part -> stored.put(part.number(), part));
        List<Part> durable = new ArrayList<>();
        for (Part part : recorded) {
            Part found = stored.get(part.number());
            boolean recordedOne = found != null && found.etag().equals(part.etag());
            if (found == null || !(recordedOne || (part.number() > copiedFrom && sameBytes(found, part)))) {
                break;
            }
            durable.add(recordedOne ? part : found);
        }
        return durable;
    }

    private static boolean sameBytes(Part found, Part part) {
        return part.crc32() != null && part.crc32().equals(found.crc32()) && part.size() == found.size();
    }

    private static List<Segment> durableSegments(List<Segment> recorded, List<Segment> found) {
        List<Segment> durable = new ArrayList<>();
        for (int i = 0; i < recorded.size() && i < found.size(); i++) {
            Segment was = recorded.get(i);
            Segment now = found.get(i);
            if (now.storeId() == null && now.size() == was.size()) {
                durable.add(now);
                continue;
            }
            boolean sameUpload = was.storeId() != null && was.storeId().equals(now.storeId());
            List<Part> parts = sameUpload ? durable(was.parts(), now.parts(), Integer.MAX_VALUE) : List.of();
            if (!parts.isEmpty()) {
                durable.add(was.withParts(parts));
            }
            if (parts.isEmpty() || parts.size() < was.parts().size()) {
                break;
            }
        }
        return durable;
    }

    /** What was found, with what was recorded of it: stores may not say the checksums of parts. */
    private static List<Segment> known(List<Segment> recorded, List<Segment> found) {
        List<Segment> known = new ArrayList<>();
        for (Segment segment : found) {
            List<Part> parts = recorded.stream()
                    .filter(was -> was.storeId() != null && was.storeId().equals(segment.storeId()))
                    .findFirst()
                    .map(Segment::parts)
                    .orElse(List.of());
            List<Part> merged = new ArrayList<>(durable(parts, segment.parts(), Integer.MAX_VALUE));
            merged.addAll(segment.parts().subList(merged.size(), segment.parts().size()));
            known.add(segment.withParts(merged));
        }
        return known;
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
    static List<Part> contiguous(int from, List<Part> listed, PartLimits limits) {
        List<Part> parts = new ArrayList<>();
        for (Part part : listed) {
            if (part.number() < from) {
                continue;
            }
            if (part.number() != from + parts.size()
                    || part.size() < limits.minPartBytes()
                    || part.size() % limits.slabBytes() != 0) {
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
