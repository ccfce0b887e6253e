/**
 * The storage port: what the rest of the system knows of S3. {@link io.intake.store.ObjectStore} is the port, {@code
 * io.intake.store.s3} its adapter on the AWS SDK, {@code io.intake.store.memory} its in-memory twin; both pass the same
 * contract test.
 */
@org.jspecify.annotations.NullMarked
package io.intake.store;
