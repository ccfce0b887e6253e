package io.intake.gateway.sftp;

import io.intake.gateway.audit.Identity;
import io.intake.gateway.files.PartnerFiles;
import io.intake.gateway.protocol.MalformedPacketException;
import io.intake.gateway.protocol.PacketReader;
import io.intake.gateway.protocol.PacketWriter;
import io.intake.gateway.protocol.SftpStatus;
import io.intake.gateway.upload.Cancellation;
import io.intake.gateway.upload.SessionLostException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import org.apache.sshd.common.io.IoInputStream;
import org.apache.sshd.common.io.IoOutputStream;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.channel.ChannelDataReceiver;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.AsyncCommand;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One SFTP channel: an actor. The IO thread hands over bytes; one virtual thread deals with the requests in their order, and
 * may wait for memory or for the store without anybody else waiting. The client's window is given back when a request's
 * bytes have been dealt with, so that a client is never ahead of us by more than its window.
 *
 * <p>MINA calls {@link #close} when the client says that nothing more comes (perhaps more than once) and {@link #destroy}
 * when the channel is gone, whatever the reason, both on an IO thread.
 */
final class SftpChannel implements AsyncCommand, ChannelDataReceiver {
    private static final Logger LOG = LoggerFactory.getLogger(SftpChannel.class);

    private final ChannelSession channel;
    private final SessionState session;
    private final Inbox inbox;
    private final Cancellation cancellation = new Cancellation();
    private final SftpServices services;
    private final Journal journal;
    private final FileRequests onFiles;
    private final Dispatcher dispatcher;
    private final ChannelWindows.Returns returns;
    private @Nullable ExitCallback exit;
    private volatile @Nullable Replies replies;

    SftpChannel(ChannelSession channel, SessionState session, SftpServices services) {
        Identity who = session.identity();
        PartnerFiles files = new PartnerFiles(
                services.uploads().store(),
                services.uploads().partials(),
                services.naming(),
                who.partner(),
                services.clock());
        HandleTable handles = new HandleTable();
        this.channel = channel;
        this.session = session;
        this.services = services;
        int window = Math.toIntExact(channel.getLocalWindow().getMaxSize());
        this.returns = services.windows().returns(window);
        PermissionCheck permissions = new PermissionCheck(session);
        this.journal = new Journal(services, session);
        this.onFiles = new FileRequests(services, session, files, handles, cancellation, permissions, journal);
        this.dispatcher = new Dispatcher(
                onFiles,
                new NameRequests(services, files, handles, permissions, journal),
                new ExtensionRequests(files, handles, cancellation, who),
                journal);
        this.inbox = new Inbox(window, new InlineWrites(handles, journal::received, this::tryOk));
        channel.setDataReceiver(this);
    }

    @Override
    public void start(ChannelSession started, Environment environment) {
        services.channels().enter();
        services.inboxes().add(inbox);
        journal.begin();
        Thread.ofVirtual().name("sftp-" + session.identity().session()).start(this::run);
    }

    private void run() {
        int status = 1;
        try {
            serve();
            status = 0;
        } catch (MalformedPacketException e) {
            LOG.warn(
                    "sftp channel closed: session={} problem=\"{}\"",
                    session.identity().session(),
                    e.getMessage());
        } catch (SessionLostException | IOException e) {
            LOG.debug("sftp channel lost: session={}", session.identity().session());
        } finally {
            end(status);
        }
    }

    private void serve() throws MalformedPacketException, SessionLostException, IOException {
        for (ByteBuffer packet = inbox.next(); packet != null; packet = inbox.next()) {
            int length = packet.remaining();
            Replies out = replies;
            if (out == null) {
                throw new IOException("the channel has no output");
            }
            out.send(answer(packet));
            if (onFiles.hasEnded()) {
                out.awaitSent();
                onFiles.told();
            }
            giveBack(inbox.consume(length));
        }
    }

    private boolean tryOk(int id) throws IOException {
        Replies out = replies;
        return out != null && out.trySend(PacketWriter.status(id, SftpStatus.OK, ""));
    }

    private void giveBack(int freed) throws IOException {
        int returned = returns.of(freed);
        if (returned > 0) {
            channel.getLocalWindow().release(returned);
        }
    }

    /** While this runs, the idle time-out does not; while a client does not read its answers, it does. */
    private PacketWriter answer(ByteBuffer packet) throws MalformedPacketException, SessionLostException {
        session.beginRequest();
        try {
            return dispatcher.answer(new PacketReader(packet));
        } finally {
            session.endRequest();
        }
    }

    private void end(int status) {
        try {
            onFiles.parkAll();
            Replies out = replies;
            if (out != null) {
                out.awaitSent(); // MINA drops what is not sent when it closes the channel
            }
        } catch (RuntimeException e) {
            LOG.error(
                    "sftp channel not cleaned up: session={} cause={}",
                    session.identity().session(),
                    e.getClass().getSimpleName());
        } finally {
            journal.end();
            services.inboxes().remove(inbox);
            services.channels().leave();
            ExitCallback callback = exit;
            if (callback != null) {
                callback.onExit(status);
            }
        }
    }

    @Override
    public int data(ChannelSession from, byte[] bytes, int offset, int length) throws IOException {
        session.heard();
        giveBack(inbox.append(bytes, offset, length));
        return 0;
    }

    @Override
    public void close() {
        inbox.end();
    }

    @Override
    public void destroy(ChannelSession destroyed) {
        inbox.lose();
        cancellation.cancel();
        Replies out = replies;
        if (out != null) {
            out.close();
        }
    }

    @Override
    public void setIoOutputStream(IoOutputStream out) {
        replies = new Replies(channel); // which writes to the channel itself
    }

    @Override
    public void setExitCallback(ExitCallback callback) {
        exit = callback;
    }

    @Override
    public void setIoInputStream(IoInputStream in) {
        // data() gets the input
    }

    @Override
    public void setIoErrorStream(IoOutputStream err) {
        // SFTP has no use for it
    }

    @Override
    public void setInputStream(InputStream in) {
        // data() gets the input
    }

    @Override
    public void setOutputStream(OutputStream out) {
        // answers go to the channel itself
    }

    @Override
    public void setErrorStream(OutputStream err) {
        // SFTP has no use for it
    }
}
