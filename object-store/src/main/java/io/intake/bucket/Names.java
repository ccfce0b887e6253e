package io.intake.bucket;

/**
 * How a partner's names are kept in the bucket. Gateway and functions must have the same.
 *
 * @param naming of paths in keys
 * @param records of names in records
 */
public record Names(Naming naming, RecordNames records) {

    /** Everything readable: for the local run. */
    public static Names natural(TemporaryNames temporary) {
        return new Names(new NaturalNaming(temporary), RecordNames.CLEAR);
    }
}
