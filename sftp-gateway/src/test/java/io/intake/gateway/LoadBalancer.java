package io.intake.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** Passes TCP connections on to a gateway and says first whatever a test wants it to say. Thread-safe. */
final class LoadBalancer implements AutoCloseable {
    /** How what it says reaches the gateway. */
    enum Manner {
        BY_ITSELF,
        BYTE_BY_BYTE,
        TOGETHER_WITH_THE_GREETING
    }

    private final ServerSocket listening;
    private final int gateway;
    private final byte[] header;
    private final Manner manner;

    LoadBalancer(int gateway, byte[] header, Manner manner) throws IOException {
        this.gateway = gateway;
        this.header = header.clone();
        this.manner = manner;
        listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    private void accept() {
        try {
            while (true) {
                Socket client = listening.accept();
                Thread.ofVirtual().start(() -> serve(client));
            }
        } catch (IOException closedByTest) {
            // no new connections
        }
    }

    private void serve(Socket client) {
        try (client;
                Socket server = new Socket(InetAddress.getLoopbackAddress(), gateway)) {
            server.setTcpNoDelay(true);
            client.setTcpNoDelay(true);
            Thread.ofVirtual().start(() -> copy(server, client));
            introduce(client.getInputStream(), server.getOutputStream());
            copy(client, server);
        } catch (IOException gone) {
            // one of them hung up
        }
    }

    private void introduce(InputStream in, OutputStream out) throws IOException {
        switch (manner) {
            case BY_ITSELF -> out.write(header);
            case BYTE_BY_BYTE -> {
                for (byte one : header) {
                    out.write(one);
                    out.flush();
                }
            }
            case TOGETHER_WITH_THE_GREETING -> {
                byte[] greeting = new byte[1 << 10];
                int count = Math.max(0, in.read(greeting));
                byte[] both = java.util.Arrays.copyOf(header, header.length + count);
                System.arraycopy(greeting, 0, both, header.length, count);
                out.write(both);
            }
        }
    }

    private static void copy(Socket from, Socket to) {
        try (from;
                to) {
            byte[] bytes = new byte[32 << 10];
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(bytes); count >= 0; count = in.read(bytes)) {
                out.write(bytes, 0, count);
            }
        } catch (IOException gone) {
            // one of them hung up
        }
    }

    @Override
    public void close() {
        try {
            listening.close();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
