/** Hands batches to engines by HTTP. */
@org.jspecify.annotations.NullMarked
package io.intake.processors.forward.http;
