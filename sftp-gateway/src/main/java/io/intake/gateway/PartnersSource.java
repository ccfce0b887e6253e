package io.intake.gateway;

import java.nio.file.Path;

/** Where {@code partners.yml} is. */
public sealed interface PartnersSource {

    /** A file of this machine. */
    record File(Path path) implements PartnersSource {}

    /** {@link io.intake.bucket.BucketLayout#PARTNERS} in the bucket. */
    record Bucket() implements PartnersSource {}
}
