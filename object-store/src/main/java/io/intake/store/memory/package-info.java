/** The in-memory twin of the S3 adapter, for tests and simulations. */
@org.jspecify.annotations.NullMarked
package io.intake.store.memory;
