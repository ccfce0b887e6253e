package io.intake.gateway;

import java.io.IOException;
import org.apache.sshd.common.channel.RequestHandler;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.server.channel.ChannelSession;

/**
 * A channel for SFTP, which has no terminal and no environment. MINA would keep each variable that a client sets, as many and as
 * large as it likes.
 */
final class SftpOnlyChannel extends ChannelSession {

    @Override
    protected RequestHandler.Result handleInternalRequest(String type, boolean wantReply, Buffer buffer)
            throws IOException {
        return switch (type) {
            // exec too: it is answered with what to use instead
            case "subsystem", "exec" -> super.handleInternalRequest(type, wantReply, buffer);
            default -> RequestHandler.Result.ReplyFailure;
        };
    }
}
