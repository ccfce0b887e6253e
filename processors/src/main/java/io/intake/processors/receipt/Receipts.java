package io.intake.processors.receipt;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import io.intake.bucket.Naming;
import io.intake.bucket.Naming.Place;
import io.intake.config.ReceiptKind;
import io.intake.processors.Json;
import io.intake.processors.job.Job;
import io.intake.store.AbsentException;
import io.intake.store.AlreadyPresentException;
import io.intake.store.ConflictException;
import io.intake.store.Content;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import io.intake.store.Precondition;
import io.intake.store.PutRequest;
import io.intake.store.TransientStoreException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Writes receipts to {@code /outbound/receipts/<path>.<kind>.json}. Writing one again gives the same bytes, so that it may
 * be repeated after a crash. Thread-safe.
 */
public final class Receipts {
    private static final ObjectWriter PRETTY = Json.mapper().writerWithDefaultPrettyPrinter();

    /** The metadata name of the time of the upload that a receipt is about. */
    private static final String UPLOADED_AT = "uploaded-at";

    private static final int ATTEMPTS = 5;

    private final ObjectStore store;
    private final Naming naming;

    public Receipts(ObjectStore store, Naming naming) {
        this.store = store;
        this.naming = naming;
    }

    /** Writes a receipt if the feed asks for its kind; a file that no feed takes is always receipted. */
    public void write(Job job, ReceiptKind kind) {
        write(job, kind, null);
    }

    /**
     * As {@link #write(Job, ReceiptKind)}.
     *
     * @param earlier the job of an earlier file of the same bytes; null if there is none
     */
    public void write(Job job, ReceiptKind kind, @Nullable Job earlier) {
        Set<ReceiptKind> wanted =
                job.feed() == null ? Set.of(ReceiptKind.values()) : job.feed().receipts();
        // of a set, each file has its receipts
        if (job.isSet() || !wanted.contains(kind)) {
            return;
        }
        String same = earlier == null
                ? null
                : "/inbound" + Outbound.upload(naming, earlier).path();
        put(job, kind, rejects(job), same, refusals(job));
    }

    /**
     * Writes the receipt of a file that is part of a set, if the feed asks for its kind: with what was counted in the set, and
     * where the set's rejected rows are, since nobody else is told.
     *
     * @param member as it is, or will be, because of what became of the set
     */
    public void writeOfSet(Job member, ReceiptKind kind, Job set) {
        if (!member.requireFeed().receipts().contains(kind)) {
            return;
        }
        Job shown = member.withTables(set.tables()).withReadings(set.readings());
        for (Map.Entry<String, Long> count : set.counts().entrySet()) {
            shown = shown.withCount(count.getKey(), count.getValue());
        }
        put(shown, kind, rejects(set), null, refusals(set));
    }

    private void put(
            Job job,
            ReceiptKind kind,
            @Nullable String rejects,
            @Nullable String sameBytesAs,
            @Nullable String refusals) {
        Place place = Outbound.upload(naming, job);
        Receipt receipt = Receipt.of(
                job,
                "/inbound" + place.path(),
                kind.id(),
                job.history().getLast().at(),
                rejects,
                sameBytesAs,
                refusals);
        Place target = Outbound.place(place, "receipts", "." + kind.id() + ".json", job.id());
        put(naming.key(target), Content.of(pretty(receipt)), job.input().uploadedAt());
    }

    /** Writes a receipt unless one of a later upload under the same name is there. */
    private void put(String key, Content content, Instant uploadedAt) {
        Map<String, String> metadata = Map.of(UPLOADED_AT, uploadedAt.toString());
        Precondition expected = Precondition.IF_ABSENT;
        for (int attempt = 1; ; attempt++) {
            try {
                store.put(new PutRequest(key, content, Json.TYPE, metadata, expected));
                return;
            } catch (AlreadyPresentException | ConflictException | AbsentException other) {
                if (attempt == ATTEMPTS) {
                    throw new TransientStoreException("put", key, "changed again and again", other);
                }
            }
            Optional<ObjectInfo> there = store.head(key);
            if (there.filter(info -> isLater(info, uploadedAt)).isPresent()) {
                return;
            }
            expected = there.map(info -> Precondition.ifMatch(info.etag())).orElse(Precondition.IF_ABSENT);
        }
    }

    private static boolean isLater(ObjectInfo receipt, Instant uploadedAt) {
        String other = receipt.metadata().get(UPLOADED_AT);
        return other != null && Instant.parse(other).isAfter(uploadedAt);
    }

    /** Where the partner finds its rejected rows; null if there are none. */
    private @Nullable String rejects(Job job) {
        return job.counts().getOrDefault("rejected", 0L) == 0
                ? null
                : "/outbound" + Outbound.rejects(naming, job).path();
    }

    /** Where the partner finds the records that the engine refused; null if there are none. */
    private @Nullable String refusals(Job job) {
        return job.counts().getOrDefault("refused", 0L) == 0
                ? null
                : "/outbound" + Outbound.refused(naming, job).path();
    }

    private static byte[] pretty(Receipt receipt) {
        try {
            return (PRETTY.writeValueAsString(receipt) + "\n").getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write a receipt as JSON", e);
        }
    }
}
