package io.intake.processors.forward.handover;

import io.intake.bucket.BucketLayout;
import io.intake.processors.Json;
import io.intake.processors.forward.HandOver.Piece;
import io.intake.processors.forward.handover.Manifest.Part;
import io.intake.processors.job.Job;
import io.intake.store.Content;
import io.intake.store.ListRequest;
import io.intake.store.ObjectContent;
import io.intake.store.ObjectStore;
import io.intake.store.PutRequest;
import io.intake.store.ReadRequest;
import io.intake.store.TransientStoreException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What was handed over of a job, noted piece by piece in our own bucket, so that another function can make the manifest of it.
 * Thread-safe.
 */
public final class Notes {
    private final ObjectStore store;

    /** @param store our own bucket */
    public Notes(ObjectStore store) {
        this.store = store;
    }

    /** Keeps what a piece became; the same piece again replaces it. */
    public void keep(Piece piece, Part part) {
        String key = BucketLayout.handedOver(piece.job().id(), piece.number(), piece.row());
        store.put(PutRequest.of(key, Content.of(Json.bytes(part)), Json.TYPE));
    }

    /** All that was kept of a job, in the order of its objects. */
    public List<Part> of(Job job) {
        List<Part> parts = new ArrayList<>();
        ListRequest.under(BucketLayout.handedOverPrefix(job.id())).each(store, note -> parts.add(read(note.key())));
        return parts;
    }

    private Part read(String key) {
        try (ObjectContent content = store.read(ReadRequest.whole(key))) {
            return Json.read(content.stream().readAllBytes(), Part.class);
        } catch (IOException lost) {
            throw new TransientStoreException("read", key, "connection lost", lost);
        }
    }
}
