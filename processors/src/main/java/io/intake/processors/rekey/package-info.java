/** The operator's commands on names: moves a partner's files to their current names, and tells a job's file. */
@org.jspecify.annotations.NullMarked
package io.intake.processors.rekey;
