package io.intake.processors.ready;

import io.intake.bucket.BucketLayout;
import io.intake.processors.KeyedHashes;
import io.intake.processors.job.Job;
import io.intake.store.Content;
import io.intake.store.ListRequest;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import io.intake.store.PutRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Marks of uploads that wait, under {@code awaited/}, named by what they are about, so that a file and what says that it is
 * ready find each other by one listing: each puts its mark before it looks for the other's, so that of two that come at
 * once one sees the other. Thread-safe.
 */
final class WaitMarks {
    private static final String FILE = "f-";
    private static final String NOTICE = "n-";
    private static final int HASH_BYTES = 10;

    private final ObjectStore store;
    private final KeyedHashes hashes;

    WaitMarks(ObjectStore store, KeyedHashes hashes) {
        this.store = store;
        this.hashes = hashes;
    }

    /** What stands for a path in the names of marks. */
    String hash(Job job, String path) {
        return hashes.hex(job.partner() + "\0" + path, HASH_BYTES);
    }

    /** The mark of a file. */
    String file(Job job, String path) {
        return prefix(job, FILE, hash(job, path)) + job.id();
    }

    /**
     * The mark of a marker or list.
     *
     * @param scope the path that a marker is about, the folder that a list is about
     */
    String notice(Job job, String scope) {
        return prefix(job, NOTICE, hash(job, scope)) + job.id();
    }

    private static String prefix(Job job, String kind, String hash) {
        return BucketLayout.awaitedPrefix(job.partner(), job.feedId(), kind, hash + "-");
    }

    /** The job that a mark is of. */
    static String job(String mark) {
        return parts(mark)[2];
    }

    /** What stands for the path that a mark is about. */
    static String hash(String mark) {
        return parts(mark)[1];
    }

    private static String[] parts(String mark) {
        return mark.substring(mark.lastIndexOf('/') + 1).split("-", 3);
    }

    void put(String mark) {
        store.put(PutRequest.of(mark, Content.of(new byte[0]), "text/plain"));
    }

    /** All marks. */
    void all(Consumer<ObjectInfo> each) {
        ListRequest.under(BucketLayout.AWAITED).each(store, each);
    }

    /** The other jobs of uploads under a path. */
    List<String> files(Job job, String path) {
        return jobs(job, prefix(job, FILE, hash(job, path)));
    }

    /** The marks of all files of a feed that wait. */
    List<String> files(Job job) {
        List<String> marks = new ArrayList<>();
        String prefix = BucketLayout.awaitedPrefix(job.partner(), job.feedId(), FILE, "");
        ListRequest.under(prefix).each(store, mark -> marks.add(mark.key()));
        return marks;
    }

    /** The other jobs of markers or lists of a scope. */
    List<String> notices(Job job, String scope) {
        return jobs(job, prefix(job, NOTICE, hash(job, scope)));
    }

    private List<String> jobs(Job job, String prefix) {
        List<String> found = new ArrayList<>();
        ListRequest.under(prefix).each(store, mark -> found.add(job(mark.key())));
        found.remove(job.id());
        return found;
    }
}
