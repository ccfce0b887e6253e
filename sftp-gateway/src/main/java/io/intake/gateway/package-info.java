/** SSH, authentication, the SFTP subsystem and uploads. */
@org.jspecify.annotations.NullMarked
package io.intake.gateway;
