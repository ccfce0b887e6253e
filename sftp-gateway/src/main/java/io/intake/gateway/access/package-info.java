/** Who may come in, how often they may try, and how many at once: decisions without SSH. */
@org.jspecify.annotations.NullMarked
package io.intake.gateway.access;
