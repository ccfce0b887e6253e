package io.intake.processors.forward.mllp;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ServerSocketFactory;

/** A listener that answers each message as scripted, then as usual, and keeps what it got. */
public final class MllpScript implements AutoCloseable {
    /** What is done about a message. */
    @FunctionalInterface
    public interface Reaction {
        void react(String controlId, OutputStream out, Socket connection) throws IOException;
    }

    private final ServerSocket server;
    private final ConcurrentLinkedDeque<Reaction> script = new ConcurrentLinkedDeque<>();
    private final List<String> received = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final AtomicInteger connections = new AtomicInteger();

    public MllpScript() {
        this(ServerSocketFactory.getDefault());
    }

    public MllpScript(ServerSocketFactory factory) {
        try {
            server = factory.createServerSocket(0, 50, InetAddress.getLoopbackAddress());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Thread.ofVirtual().start(this::accept);
    }

    public int port() {
        return server.getLocalPort();
    }

    public int connections() {
        return connections.get();
    }

    public List<String> received() {
        return new ArrayList<>(received);
    }

    public MllpScript then(Reaction reaction) {
        script.add(reaction);
        return this;
    }

    /** Answers with a block. */
    public MllpScript thenAnswer(String answer) {
        return then((controlId, out, connection) -> out.write(block(answer.replace("ID", controlId))));
    }

    public static String answer(String code) {
        return "MSH|^~\\&|E|F|L|H|2026||ACK|9|P|2.5\rMSA|" + code + "|ID\r";
    }

    public static byte[] block(String content) {
        return ("\u000b" + content + "\u001c\r").getBytes(StandardCharsets.ISO_8859_1);
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket socket = server.accept();
                connections.incrementAndGet();
                sockets.add(socket);
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = new BufferedInputStream(socket.getInputStream());
            for (int next = in.read(); next >= 0; next = in.read()) {
                if (next == 0x0B) {
                    StringBuilder message = new StringBuilder();
                    for (next = in.read(); next >= 0 && next != 0x1C; next = in.read()) {
                        message.append((char) next);
                    }
                    if (next < 0) {
                        return;
                    }
                    received.add(message.toString());
                    react(message.toString(), socket);
                }
            }
        } catch (IOException gone) {
            return;
        }
    }

    private void react(String message, Socket socket) throws IOException {
        String controlId =
                message.lines().findFirst().orElse("").split("\r", -1)[0].split("\\|", -1)[9];
        Reaction reaction = script.poll();
        OutputStream out = socket.getOutputStream();
        if (reaction != null) {
            reaction.react(controlId, out, socket);
        } else {
            out.write(block(answer("AA").replace("ID", controlId)));
        }
        out.flush();
    }

    @Override
    public void close() {
        try {
            server.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
