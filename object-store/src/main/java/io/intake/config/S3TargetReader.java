package io.intake.config;

import java.util.Set;
import java.util.regex.Pattern;

/** Reads an engine of type {@code s3}. */
final class S3TargetReader implements TargetReader {
    /** Amazon S3 User Guide, "General purpose bucket naming rules". */
    private static final Pattern BUCKET = Pattern.compile("[a-z0-9](?!.*\\.\\.)[a-z0-9.-]{1,61}[a-z0-9]");

    private static final Pattern REGION = Pattern.compile("[a-z]{2}(-[a-z]{2,12}){1,3}-[0-9]{1,2}");

    /** Amazon S3 User Guide, "Naming Amazon S3 objects": the safe characters. */
    private static final Pattern PREFIX =
            Pattern.compile("(?!/)(?=.*\\{job\\})(?:[A-Za-z0-9!_.*'()/-]|\\{(?:partner|feed|date|job)\\}){1,300}/");

    private static final String DEFAULT_PREFIX = "{partner}/{feed}/{date}/{job}/";

    @Override
    public Set<String> keys() {
        return Set.of("bucket", "region", "prefix", "names");
    }

    @Override
    public Target read(Fields fields, Problems problems) {
        return new S3Target(
                fields.required("bucket", Scalars.text(BUCKET, "the name of a bucket"))
                        .orElse("invalid"),
                fields.optional("region", Scalars.text(REGION, "a region such as eu-west-1"))
                        .orElse(null),
                fields.optional(
                                "prefix",
                                Scalars.text(
                                        PREFIX,
                                        "letters, digits and !_.*'()/- with {partner}, {feed}, {date} and {job}, of which {job} must"
                                                + " be there, and end with a slash"))
                        .orElse(DEFAULT_PREFIX),
                fields.optional("names", Scalars::bool).orElse(false));
    }
}
