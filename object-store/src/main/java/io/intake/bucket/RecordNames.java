package io.intake.bucket;

/**
 * How records in the bucket (a job's, its plan) hold names that came from a partner: in the clear with natural naming, else
 * encrypted. Pure and thread-safe.
 */
public interface RecordNames {
    /** As they are. */
    RecordNames CLEAR = new RecordNames() {
        @Override
        public String seal(String job, String name) {
            return name;
        }

        @Override
        public String open(String job, String sealed) {
            return sealed;
        }
    };

    /** The name as a record of a job may hold it; the same for the same job and name. */
    String seal(String job, String name);

    /** The name that was sealed for a job; what was written in the clear, as it is. */
    String open(String job, String sealed);
}
