/** What a job is and how it may change. Pure, but for {@link io.intake.processors.job.JobStore}. */
@org.jspecify.annotations.NullMarked
package io.intake.processors.job;
