/** Lambda functions: events, the job machine and its stages. */
@org.jspecify.annotations.NullMarked
package io.intake.processors;
