/**
 * The machine that runs a stage's work in bounded steps: claims a task by a lease, saves a checkpoint after each step,
 * leaves when its time is up and lets a later invocation go on (DESIGN section 5).
 */
@org.jspecify.annotations.NullMarked
package io.intake.processors.task;
