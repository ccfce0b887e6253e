/** The Lambda handlers: they decode, call and encode. */
@org.jspecify.annotations.NullMarked
package io.intake.processors.lambda;
