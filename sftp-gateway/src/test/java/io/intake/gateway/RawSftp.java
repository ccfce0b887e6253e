package io.intake.gateway;

import static io.intake.gateway.GatewayFixture.LIMIT;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.sshd.client.channel.ChannelSubsystem;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.sftp.common.SftpConstants;

/**
 * SFTP requests one by one, in the order and with the flags that some client sends them, and not waiting for an answer
 * where that client does not. Used by one thread.
 */
final class RawSftp implements AutoCloseable {
    static final int WRITE = SftpConstants.SSH_FXF_WRITE;
    static final int CREATE = SftpConstants.SSH_FXF_CREAT;
    static final int TRUNCATE = SftpConstants.SSH_FXF_TRUNC;
    static final int APPEND = SftpConstants.SSH_FXF_APPEND;

    private static final int HAS_SIZE = 1;
    private static final int HAS_TIMES = 8;

    private final ChannelSubsystem channel;
    private final DataOutputStream out;
    private final Map<Integer, CompletableFuture<ByteBuffer>> answers = new ConcurrentHashMap<>();
    private int next;

    RawSftp(ClientSession session) throws IOException {
        channel = session.createSubsystemChannel(SftpConstants.SFTP_SUBSYSTEM_NAME);
        channel.open().verify(LIMIT);
        out = new DataOutputStream(channel.getInvertedIn());
        out.write(new byte[] {0, 0, 0, 5, SftpConstants.SSH_FXP_INIT, 0, 0, 0, 3});
        out.flush();
        DataInputStream in = new DataInputStream(channel.getInvertedOut());
        in.readFully(new byte[in.readInt()]);
        Thread.ofVirtual().start(() -> read(in));
    }

    private void read(DataInputStream in) {
        try {
            while (true) {
                byte[] packet = new byte[in.readInt()];
                in.readFully(packet);
                ByteBuffer answer = ByteBuffer.wrap(packet);
                answer(answer.getInt(1)).complete(answer);
            }
        } catch (IOException ended) {
            EOFException lost = new EOFException("the channel is closed");
            answers.values().forEach(waiting -> waiting.completeExceptionally(lost));
        }
    }

    private CompletableFuture<ByteBuffer> answer(int id) {
        return answers.computeIfAbsent(id, _ -> new CompletableFuture<>());
    }

    /** Writes a request's fields. */
    @FunctionalInterface
    private interface Fields {
        void write(DataOutputStream body) throws IOException;
    }

    private int send(int type, Fields fields) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        DataOutputStream data = new DataOutputStream(body);
        int id = ++next;
        data.writeByte(type);
        data.writeInt(id);
        fields.write(data);
        out.writeInt(body.size());
        body.writeTo(out);
        out.flush();
        return id;
    }

    private static void string(DataOutputStream body, byte[] bytes) throws IOException {
        body.writeInt(bytes.length);
        body.write(bytes);
    }

    private static void string(DataOutputStream body, String text) throws IOException {
        string(body, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Waits for an answer: from its type on, its id read. */
    private ByteBuffer await(int id) throws IOException {
        try {
            ByteBuffer answer = answer(id).get(LIMIT.toSeconds(), TimeUnit.SECONDS);
            answers.remove(id);
            return answer.duplicate();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("no answer to request " + id, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /** The status that answers a request. */
    int status(int id) throws IOException {
        ByteBuffer answer = await(id);
        if (answer.get(0) != SftpConstants.SSH_FXP_STATUS) {
            throw new AssertionError("answered by packet " + answer.get(0));
        }
        return answer.getInt(5);
    }

    /** Opens a file and waits, as every client must. */
    byte[] open(String path, int flags) throws IOException {
        ByteBuffer answer = await(sendOpen(path, flags));
        if (answer.get(0) != SftpConstants.SSH_FXP_HANDLE) {
            throw new IOException("OPEN was answered with status " + answer.getInt(5));
        }
        byte[] handle = new byte[answer.getInt(5)];
        answer.get(9, handle);
        return handle;
    }

    int sendOpen(String path, int flags) throws IOException {
        return send(SftpConstants.SSH_FXP_OPEN, body -> {
            string(body, path);
            body.writeInt(flags);
            body.writeInt(0);
        });
    }

    int write(byte[] handle, long offset, byte[] bytes, int from, int length) throws IOException {
        return send(SftpConstants.SSH_FXP_WRITE, body -> {
            string(body, handle);
            body.writeLong(offset);
            body.writeInt(length);
            body.write(bytes, from, length);
        });
    }

    int read(byte[] handle, long offset, int length) throws IOException {
        return send(SftpConstants.SSH_FXP_READ, body -> {
            string(body, handle);
            body.writeLong(offset);
            body.writeInt(length);
        });
    }

    /** The bytes that answer a READ. */
    byte[] data(int id) throws IOException {
        ByteBuffer answer = await(id);
        if (answer.get(0) != SftpConstants.SSH_FXP_DATA) {
            throw new IOException("READ was answered with status " + answer.getInt(5));
        }
        byte[] data = new byte[answer.getInt(5)];
        answer.get(9, data);
        return data;
    }

    int close(byte[] handle) throws IOException {
        return send(SftpConstants.SSH_FXP_CLOSE, body -> string(body, handle));
    }

    int rename(String from, String to) throws IOException {
        return send(SftpConstants.SSH_FXP_RENAME, body -> {
            string(body, from);
            string(body, to);
        });
    }

    int remove(String path) throws IOException {
        return send(SftpConstants.SSH_FXP_REMOVE, body -> string(body, path));
    }

    /** SETSTAT of a file's times. */
    int setTimes(String path, int seconds) throws IOException {
        return send(SftpConstants.SSH_FXP_SETSTAT, body -> {
            string(body, path);
            body.writeInt(HAS_TIMES);
            body.writeInt(seconds);
            body.writeInt(seconds);
        });
    }

    /** FSETSTAT of a file's times. */
    int setTimes(byte[] handle, int seconds) throws IOException {
        return send(SftpConstants.SSH_FXP_FSETSTAT, body -> {
            string(body, handle);
            body.writeInt(HAS_TIMES);
            body.writeInt(seconds);
            body.writeInt(seconds);
        });
    }

    /** LSTAT: a file's size; -1 if there is none. */
    long size(String path) throws IOException {
        return size(await(send(SftpConstants.SSH_FXP_LSTAT, body -> string(body, path))));
    }

    /** FSTAT: an open file's size. */
    long size(byte[] handle) throws IOException {
        return size(await(send(SftpConstants.SSH_FXP_FSTAT, body -> string(body, handle))));
    }

    private static long size(ByteBuffer answer) throws IOException {
        if (answer.get(0) == SftpConstants.SSH_FXP_STATUS) {
            if (answer.getInt(5) == SftpConstants.SSH_FX_NO_SUCH_FILE) {
                return -1;
            }
            throw new IOException("answered with status " + answer.getInt(5));
        }
        if ((answer.getInt(5) & HAS_SIZE) == 0) {
            throw new AssertionError("attributes without a size");
        }
        return answer.getLong(9);
    }

    @Override
    public void close() throws IOException {
        channel.close(false).await(LIMIT);
    }
}
