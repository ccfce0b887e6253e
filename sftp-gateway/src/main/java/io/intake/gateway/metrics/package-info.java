/** What the gateway counts and times: instruments, and a store that times its calls. No label is ever a file's name. */
@org.jspecify.annotations.NullMarked
package io.intake.gateway.metrics;
