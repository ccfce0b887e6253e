/** The wire format of SFTP version 3 (draft-ietf-secsh-filexfer-02) as OpenSSH speaks it: packets, attributes, statuses. Pure: no I/O, clock, randomness, logger or thread. */
@org.jspecify.annotations.NullMarked
package io.intake.gateway.protocol;
