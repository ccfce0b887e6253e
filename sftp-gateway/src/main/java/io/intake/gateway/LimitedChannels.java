package io.intake.gateway;

import io.intake.gateway.sftp.SessionState;
import java.io.IOException;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.server.channel.ChannelSessionFactory;
import org.jspecify.annotations.Nullable;

/**
 * Opens so many channels per session. MINA's own limit ends the whole session when it is reached, and with it the uploads
 * under way; here only the channel is refused. Thread-safe.
 */
final class LimitedChannels extends ChannelSessionFactory {
    private final int limit;
    private final HostKeyRotation hostKeys;

    LimitedChannels(int limit, HostKeyRotation hostKeys) {
        this.limit = limit;
        this.hostKeys = hostKeys;
    }

    /** Null where there are enough already, which MINA answers with a failure to open. */
    @Override
    public @Nullable Channel createChannel(Session session) throws IOException {
        SessionState state = session.getAttribute(SessionState.KEY);
        if (state == null || !state.tryOpenChannel(limit)) {
            return null;
        }
        // not as soon as the client is in: MINA's event comes before the client is told that it is
        hostKeys.announce(session);
        Channel channel = new SftpOnlyChannel();
        channel.addCloseFutureListener(_ -> state.closeChannel());
        return channel;
    }
}
