/** What the functions share about engines: whether they take records, who may send how much, and who waits. */
@org.jspecify.annotations.NullMarked
package io.intake.processors.engine;
