package io.intake.store;

/** What must hold of a key for a write to happen (S3 conditional writes, If-None-Match and If-Match). */
public sealed interface Precondition {

    /** Nothing: replace whatever is there. */
    record Always() implements Precondition {}

    /** There must be no object. */
    record IfAbsent() implements Precondition {}

    /** The object must have this ETag. */
    record IfMatch(String etag) implements Precondition {}

    Precondition ALWAYS = new Always();
    Precondition IF_ABSENT = new IfAbsent();

    static Precondition ifMatch(String etag) {
        return new IfMatch(etag);
    }
}
