/** The status page: what happens now, for people who would rather look than type. Read only, without PHI, without scripts. */
@org.jspecify.annotations.NullMarked
package io.intake.processors.status;
