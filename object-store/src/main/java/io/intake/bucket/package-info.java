/** Where things are in the bucket (DESIGN section 3). Pure: no store, clock, randomness, logger or thread. */
@org.jspecify.annotations.NullMarked
package io.intake.bucket;
