package io.intake.processors.query;

import io.intake.bucket.Naming;
import io.intake.bucket.Naming.Area;
import io.intake.bucket.Naming.Place;
import io.intake.bucket.PartnerPath;
import io.intake.processors.job.Job;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;

/** What a job's file can be found by. Names are compared with the caller's own name keys, and go nowhere. Pure. */
public final class JobConditions {
    private JobConditions() {}

    /**
     * The file with a path, as the partner sees it.
     *
     * @param path with or without the leading {@code /inbound}
     */
    public static Predicate<Job> named(Naming naming, String path) {
        PartnerPath wanted = inbound(path);
        return job -> path(naming, job).filter(wanted::equals).isPresent();
    }

    /** Files whose path begins so. */
    public static Predicate<Job> namedLike(Naming naming, String beginning) {
        String wanted = beginning.startsWith("/") ? beginning : "/" + beginning;
        String behind = wanted.startsWith("/inbound/") ? wanted.substring("/inbound".length()) : wanted;
        return job -> path(naming, job)
                .filter(path -> path.toString().startsWith(behind))
                .isPresent();
    }

    /** Files whose bytes have a CRC-32, in hex, or whose object has an ETag. */
    public static Predicate<Job> withContent(String hash) {
        String wanted = hash.toLowerCase(Locale.ROOT);
        return job ->
                wanted.equals(job.input().crc32()) || wanted.equals(job.input().etag());
    }

    /** Files of a size whose bytes have a CRC-32: for practical purposes, the same file. */
    public static Predicate<Job> withContent(long size, String crc32) {
        return job -> job.input().size() == size && crc32.equals(job.input().crc32());
    }

    /** The key under which an upload with a path would be. */
    public static String key(Naming naming, String partner, String path) {
        return naming.key(new Place(partner, Area.INBOUND, inbound(path)));
    }

    private static Optional<PartnerPath> path(Naming naming, Job job) {
        return naming.place(job.input().key())
                .filter(place -> place.area() == Area.INBOUND)
                .map(Place::path);
    }

    private static PartnerPath inbound(String path) {
        List<String> segments = PartnerPath.parse(path).segments();
        boolean whole = path.startsWith("/")
                && segments.size() > 1
                && segments.getFirst().equals("inbound");
        return new PartnerPath(whole ? segments.subList(1, segments.size()) : segments);
    }
}
