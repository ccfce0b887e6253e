package io.intake.processors.receipt;

import io.intake.bucket.Naming;
import io.intake.bucket.Naming.Area;
import io.intake.bucket.Naming.Place;
import io.intake.bucket.PartnerPath;
import io.intake.processors.job.Job;
import java.nio.charset.StandardCharsets;

/** Where files for partners lie, named after the file they are about. Pure. */
public final class Outbound {
    private Outbound() {}

    /** The file of a job's rejected rows; each job has its own, so that none hides another's. */
    public static Place rejects(Naming naming, Job job) {
        return place(upload(naming, job), "rejects", "." + job.id() + ".ndjson", job.id());
    }

    /** The file of the records of a job that the engine refused. */
    public static Place refused(Naming naming, Job job) {
        return place(upload(naming, job), "rejects", "." + job.id() + ".refused.ndjson", job.id());
    }

    /** The upload that a job is about. */
    static Place upload(Naming naming, Job job) {
        return naming.place(job.input().key())
                .orElseThrow(() -> new IllegalStateException("the input of job " + job.id() + " has no place"));
    }

    /** A file's path below a folder of its own; one whose path would be too long lies at the top and is named by the job. */
    static Place place(Place file, String folder, String suffix, String job) {
        PartnerPath top = PartnerPath.ROOT.child(folder);
        try {
            PartnerPath target = top;
            for (String each : file.path().parent().segments()) {
                target = target.child(each);
            }
            return new Place(
                    file.partner(), Area.OUTBOUND, target.child(name(file.path().name(), suffix, job)));
        } catch (IllegalArgumentException tooLong) {
            return new Place(file.partner(), Area.OUTBOUND, top.child("~" + job + suffix));
        }
    }

    /** The file's name with a suffix; a name too long for that is cut and told apart by the job's id. */
    static String name(String file, String suffix, String job) {
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
}
