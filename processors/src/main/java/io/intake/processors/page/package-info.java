/** Pages: what on-call is told, without PHI, and how it reaches PagerDuty. */
@org.jspecify.annotations.NullMarked
package io.intake.processors.page;
