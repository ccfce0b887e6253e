/** The SFTP subsystem: one actor per channel that turns requests into calls on {@link io.intake.gateway.files} and {@link io.intake.gateway.upload}. */
@org.jspecify.annotations.NullMarked
package io.intake.gateway.sftp;
