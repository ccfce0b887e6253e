package io.intake.gateway.sftp;

import java.io.IOException;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.apache.sshd.server.subsystem.SubsystemFactory;
import org.apache.sshd.sftp.common.SftpConstants;

/** Makes an {@link SftpChannel} for each channel that asks for SFTP. Thread-safe. */
public final class OwnSftpSubsystemFactory implements SubsystemFactory {
    private final SftpServices services;

    public OwnSftpSubsystemFactory(SftpServices services) {
        this.services = services;
    }

    @Override
    public String getName() {
        return SftpConstants.SFTP_SUBSYSTEM_NAME;
    }

    @Override
    public Command createSubsystem(ChannelSession channel) throws IOException {
        SessionState session = channel.getSession().getAttribute(SessionState.KEY);
        if (session == null || !session.isAuthenticated()) {
            throw new IOException("nobody has logged in");
        }
        return new SftpChannel(channel, session, services);
    }
}
