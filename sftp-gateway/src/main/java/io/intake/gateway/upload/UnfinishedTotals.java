package io.intake.gateway.upload;

import io.intake.bucket.BucketLayout;
import io.intake.store.AbsentException;
import io.intake.store.ListPage;
import io.intake.store.ListRequest;
import io.intake.store.ObjectContent;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import io.intake.store.ReadRequest;
import java.io.IOException;

/**
 * All unfinished uploads of a bucket together.
 *
 * @param uploads how many have a resume record
 * @param bytes that are durable of them, of the first {@value #MOST_READ} only
 */
public record UnfinishedTotals(long uploads, long bytes) {
    /** Nothing at all. */
    public static final UnfinishedTotals NONE = new UnfinishedTotals(0, 0);

    /** So many records are read: a bucket with more has a problem that is told by their number. */
    static final int MOST_READ = 1_000;

    /**
     * Lists the resume records and reads them.
     *
     * @throws io.intake.store.StoreException if the store does not answer
     */
    public static UnfinishedTotals count(ObjectStore store) {
        long uploads = 0;
        long bytes = 0;
        ListRequest request = ListRequest.under(BucketLayout.PARKED);
        while (true) {
            ListPage page = store.list(request);
            for (ObjectInfo object : page.objects()) {
                if (object.key().endsWith(UploadTarget.RECORD_SUFFIX)) {
                    bytes += uploads++ < MOST_READ ? size(store, object.key()) : 0;
                }
            }
            String continuation = page.continuation();
            if (continuation == null) {
                return new UnfinishedTotals(uploads, bytes);
            }
            request = request.after(continuation);
        }
    }

    private static long size(ObjectStore store, String recordKey) {
        try (ObjectContent content = store.read(ReadRequest.whole(recordKey))) {
            return ResumeRecord.fromJson(content.stream().readAllBytes())
                    .map(ResumeRecord::size)
                    .orElse(0L);
        } catch (AbsentException | IOException goneMeanwhile) {
            return 0;
        }
    }
}
