/** The management port: metrics, liveness and readiness, for who runs the gateway; nothing of it is for partners. */
@org.jspecify.annotations.NullMarked
package io.intake.gateway.management;
