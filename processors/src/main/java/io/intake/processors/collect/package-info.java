/** Sets of files that arrive over time: collected until they are complete, and then worked on as one file. */
@org.jspecify.annotations.NullMarked
package io.intake.processors.collect;
