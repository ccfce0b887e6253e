/**
 * The SFTP gateway: who may come in, under which limits, and the parts put together. {@link io.intake.gateway.IntakeGateway}
 * is the whole; {@link io.intake.gateway.GatewayMain} starts it from the environment.
 */
@org.jspecify.annotations.NullMarked
package io.intake.gateway;
