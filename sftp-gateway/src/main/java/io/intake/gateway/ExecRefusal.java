package io.intake.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.jspecify.annotations.Nullable;

/** The answer to every command, {@code scp -O} among them: what to do instead, and a failure. Runs nothing. */
final class ExecRefusal implements Command {
    private static final String TEXT =
            "This server speaks SFTP only: use sftp, or scp without -O (OpenSSH 9 or later).\n";

    private @Nullable OutputStream error;
    private @Nullable ExitCallback exit;

    @Override
    public void start(ChannelSession channel, Environment environment) throws IOException {
        OutputStream out = error;
        if (out != null) {
            out.write(TEXT.getBytes(StandardCharsets.US_ASCII));
            out.flush();
        }
        ExitCallback callback = exit;
        if (callback != null) {
            callback.onExit(1);
        }
    }

    @Override
    public void destroy(ChannelSession channel) {
        // holds nothing
    }

    @Override
    public void setErrorStream(OutputStream stream) {
        error = stream;
    }

    @Override
    public void setExitCallback(ExitCallback callback) {
        exit = callback;
    }

    @Override
    public void setInputStream(InputStream stream) {
        // not read
    }

    @Override
    public void setOutputStream(OutputStream stream) {
        // not written
    }
}
