/**
 * The storage port's adapter on the AWS SDK for Java 2: the only package that knows the SDK. Nothing of the SDK is part of
 * its public interface, and no SDK exception leaves it.
 */
@org.jspecify.annotations.NullMarked
package io.intake.store.s3;
