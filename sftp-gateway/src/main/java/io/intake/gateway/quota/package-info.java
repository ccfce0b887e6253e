/** What partners have stored, may store, and how fast they may send it. */
@org.jspecify.annotations.NullMarked
package io.intake.gateway.quota;
