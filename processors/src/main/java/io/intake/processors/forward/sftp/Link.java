package io.intake.processors.forward.sftp;

import io.intake.config.SftpTarget;
import io.intake.store.StoreException;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.OptionalLong;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.client.SftpClient.OpenMode;
import org.apache.sshd.sftp.client.SftpClientFactory;
import org.apache.sshd.sftp.client.extensions.openssh.OpenSSHPosixRenameExtension;
import org.apache.sshd.sftp.client.impl.AbstractSftpClient;
import org.apache.sshd.sftp.client.impl.SftpOutputStreamAsync;
import org.apache.sshd.sftp.common.SftpConstants;
import org.apache.sshd.sftp.common.SftpException;
import org.jspecify.annotations.Nullable;

/**
 * A login at a server, with files in one directory. Used by one thread at a time; after any exception it is to be closed. A
 * timer closes it when its time is up, whatever it waits for: what SSH waits for by itself begins anew with each answer.
 */
final class Link implements AutoCloseable {
    /** A packet that every server takes (draft-ietf-secsh-filexfer-02 section 3), which is sent before the last is answered. */
    private static final int PACKET_BYTES = 32 << 10;

    private final ScheduledExecutorService timer;
    private final String directory;
    private final Attempts attempts;
    private @Nullable SftpClient sftp;
    private @Nullable ScheduledFuture<?> end;
    private volatile boolean expired;

    private Link(SftpTarget target, ScheduledExecutorService timer) {
        this.timer = timer;
        String path = target.directory();
        this.directory = path.endsWith("/") ? path : path + "/";
        this.attempts = new Attempts(target);
    }

    /**
     * Connects and logs in.
     *
     * @param timeout for that, and for all that follows until {@link #rest}
     * @param timer ends what takes too long
     */
    static Link open(SftpTarget target, Login login, Duration timeout, ScheduledExecutorService timer)
            throws SftpFault {
        Link link = new Link(target, timer);
        link.endAfter(timeout);
        try {
            ClientSession session = link.attempts.session(login, timeout);
            link.sftp = SftpClientFactory.instance().createSftpClient(session);
            return link;
        } catch (IOException | RuntimeException failed) {
            SftpFault fault = link.fault(failed);
            link.close();
            throw fault;
        }
    }

    /** Closes it after a time. */
    void endAfter(Duration timeout) {
        end = timer.schedule(this::expire, timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void expire() {
        expired = true;
        attempts.close();
    }

    /** Nothing is under way. */
    void rest() {
        if (end != null) {
            end.cancel(false);
        }
    }

    boolean isOpen() {
        return !expired && sftp != null && sftp.isOpen();
    }

    private interface Doing<T> {
        T with(SftpClient sftp) throws IOException;
    }

    private <T> T doing(Doing<T> action) throws SftpFault {
        SftpClient open = sftp;
        if (open == null) {
            throw new IllegalStateException("it was never open");
        }
        try {
            return action.with(open);
        } catch (StoreException own) {
            // Not the server's trouble
            throw own;
        } catch (IOException | RuntimeException failed) {
            throw fault(failed);
        }
    }

    /** How long a file is; empty if it is not there. */
    OptionalLong size(String name) throws SftpFault {
        return doing(open -> sizeOf(open, name));
    }

    private OptionalLong sizeOf(SftpClient open, String name) throws IOException {
        try {
            return OptionalLong.of(open.stat(directory + name).getSize());
        } catch (SftpException answer) {
            if (answer.getStatus() == SftpConstants.SSH_FX_NO_SUCH_FILE) {
                return OptionalLong.empty();
            }
            throw answer;
        }
    }

    /** What a file is written from: some bytes of an object of ours, whose trouble is no server's. */
    interface Source {
        int read(byte[] buffer, int length);
    }

    /**
     * Writes into a file; when this returns, the server has answered for every byte.
     *
     * @param offset where the bytes go; 0 makes the file anew
     * @param length how many bytes to take from the source
     */
    void write(String name, long offset, long length, Source source) throws SftpFault {
        doing(open -> {
            EnumSet<OpenMode> modes = offset == 0
                    ? EnumSet.of(OpenMode.Write, OpenMode.Create, OpenMode.Truncate)
                    : EnumSet.of(OpenMode.Write);
            try (SftpOutputStreamAsync out =
                    new SftpOutputStreamAsync((AbstractSftpClient) open, PACKET_BYTES, directory + name, modes)) {
                out.setOffset(offset);
                byte[] buffer = new byte[PACKET_BYTES];
                for (long left = length; left > 0; ) {
                    int read = source.read(buffer, (int) Math.min(buffer.length, left));
                    out.write(buffer, 0, read);
                    left -= read;
                }
            }
            return name;
        });
    }

    /** Gives a file its name, in place of one that is there; at once where the server can do that. */
    void publish(String from, String to) throws SftpFault {
        doing(open -> {
            OpenSSHPosixRenameExtension posix = open.getExtension(OpenSSHPosixRenameExtension.class);
            if (posix != null && posix.isSupported()) {
                posix.posixRename(directory + from, directory + to);
            } else {
                rename(open, from, to);
            }
            return to;
        });
    }

    /** The protocol's own refuses to replace: what is there is our own of before, whose answer was lost. */
    private void rename(SftpClient open, String from, String to) throws IOException {
        try {
            open.rename(directory + from, directory + to);
        } catch (SftpException refused) {
            if (sizeOf(open, to).isEmpty()) {
                throw refused;
            }
            open.remove(directory + to);
            open.rename(directory + from, directory + to);
        }
    }

    void remove(String name) throws SftpFault {
        doing(open -> {
            open.remove(directory + name);
            return name;
        });
    }

    private SftpFault fault(Exception failed) {
        return expired && attempts.isConnected() ? new SftpFault("TIMED_OUT", true) : attempts.fault(failed);
    }

    @Override
    public void close() {
        rest();
        attempts.close();
    }
}
