/** Takes jobs from stage to stage and tells people what became of them. */
@org.jspecify.annotations.NullMarked
package io.intake.processors.machine;
