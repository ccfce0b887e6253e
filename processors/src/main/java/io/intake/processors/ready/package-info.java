/** Whether files that are here are whole. */
@org.jspecify.annotations.NullMarked
package io.intake.processors.ready;
