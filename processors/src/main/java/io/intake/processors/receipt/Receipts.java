package io.intake.processors.receipt;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectWriter;
import io.intake.bucket.Naming;
import io.intake.bucket.Naming.Area;
import io.intake.bucket.Naming.Place;
import io.intake.bucket.PartnerPath;
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
        Set<ReceiptKind> wanted =
                job.feed() == null ? Set.of(ReceiptKind.values()) : job.feed().receipts();
        // of a set, each file has its receipts
        if (job.isSet() || !wanted.contains(kind)) {
            return;
        }
        Place place = naming.place(job.input().key())
                .orElseThrow(() -> new IllegalStateException("the input of job " + job.id() + " has no place"));
        Receipt receipt = Receipt.of(
                job,
                "/inbound" + place.path(),
                kind.id(),
                job.history().getLast().at());
        put(key(place, kind, job.id()), Content.of(pretty(receipt)), job.input().uploadedAt());
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

    /** Where the receipt goes; one whose path would be too long lies at the top and is named by the job. */
    private String key(Place file, ReceiptKind kind, String job) {
        PartnerPath receipts = PartnerPath.ROOT.child("receipts");
        try {
            PartnerPath target = receipts;
            for (String folder : file.path().parent().segments()) {
                target = target.child(folder);
            }
            target = target.child(receiptName(file.path().name(), kind, job));
            return naming.key(new Place(file.partner(), Area.OUTBOUND, target));
        } catch (IllegalArgumentException tooLong) {
            return naming.key(
                    new Place(file.partner(), Area.OUTBOUND, receipts.child("~" + job + "." + kind.id() + ".json")));
        }
    }

    /** The file's name with the kind behind it; a name too long for that is cut and told apart by the job's id. */
    static String receiptName(String file, ReceiptKind kind, String job) {
        String suffix = "." + kind.id() + ".json";
        if ((file + suffix).getBytes(StandardCharsets.UTF_8).length <= PartnerPath.MAX_SEGMENT_BYTES) {
            return file + suffix;
        }
        String tail = "~" + job + suffix;
        int room = PartnerPath.MAX_SEGMENT_BYTES - tail.length();
        int end = file.length();
        while (file.substring(0, end).getBytes(StandardCharsets.UTF_8).length > room) {
            end = file.offsetByCodePoints(end, -1);
        }
        return file.substring(0, end) + tail;
    }

    private static byte[] pretty(Receipt receipt) {
        try {
            return (PRETTY.writeValueAsString(receipt) + "\n").getBytes(StandardCharsets.UTF_8);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write a receipt as JSON", e);
        }
    }
}
