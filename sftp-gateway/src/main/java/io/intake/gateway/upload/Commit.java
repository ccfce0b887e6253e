package io.intake.gateway.upload;

import io.intake.store.Part;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The end of an upload that its client has closed: published in one request or many, or held until it is renamed. */
final class Commit {
    private final UploadServices services;
    private final Publication publication;
    private final UploadTarget target;
    private final PartUploads parts;
    private final BufferedWrites writes;
    private final Keeping keeping;
    private final Ownership ownership;

    Commit(
            UploadServices services,
            Publication publication,
            UploadTarget target,
            PartUploads parts,
            BufferedWrites writes,
            Keeping keeping,
            Ownership ownership) {
        this.services = services;
        this.publication = publication;
        this.target = target;
        this.parts = parts;
        this.writes = writes;
        this.keeping = keeping;
        this.ownership = ownership;
    }

    /**
     * Commits the file. When it returns the store has it, whole.
     *
     * @param rest what is not sent yet
     * @param length of the rest in bytes
     * @param size of the whole file
     * @throws io.intake.store.StoreException if the store failed
     * @throws TakenOverException if another session has the upload now
     */
    UploadEnd commit(Deque<byte[]> rest, long length, long size) {
        return parts.isMultipart() ? complete(rest, length, size) : put(rest, length);
    }

    private UploadEnd put(Deque<byte[]> slabs, long length) {
        try {
            ownership.check(null);
            String id = Objects.requireNonNull(parts.uploadId());
            return publication.put(target.key(), PartSender.content(slabs, length), id, target.condition());
        } finally {
            writes.giveBack(slabs);
        }
    }

    private UploadEnd complete(Deque<byte[]> rest, long length, long size) {
        if (parts.isHeld() && keeping.isTail(length)) {
            return keeping.hold(rest, length, size);
        }
        if (!rest.isEmpty()) {
            parts.sendLast(rest, length);
        }
        if (parts.isHeld()) {
            return keeping.hold(new ArrayDeque<>(), 0, size);
        }
        List<Part> sent = parts.close();
        PartSender sender = parts.sender();
        ownership.checkBeforePublishing(sender.upload());
        return publication.complete(sender.upload(), sent, parts.uploadId(), size, target.condition(), ownership);
    }

    /** The file is published: what told of an unfinished one goes. */
    void forget(@Nullable Resumption from) {
        parts.forgetSegments();
        if (from instanceof Resumption.Unfinished(Partial claimed)) {
            if (!claimed.record().isFound()) {
                services.partials().records().discard(target.recordKey());
            }
            services.partials().records().deleteTail(claimed.record());
        }
    }
}
