/** What will be done with an archive: decided once from its central directory and the feed. Pure, but for the store. */
@org.jspecify.annotations.NullMarked
package io.intake.processors.plan;
