/** Hands whole objects over to other buckets. */
@org.jspecify.annotations.NullMarked
package io.intake.processors.forward.s3;
