package io.intake.gateway;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A network between a client and a gateway that can go without a word to either: nothing passes any more, and no end is told
 * that the other one is gone. Thread-safe.
 */
final class CuttableLine implements AutoCloseable {
    private final ServerSocket listening;
    private final int gateway;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private boolean toGatewayCut;
    private boolean toClientCut;
    private boolean closed;

    CuttableLine(int gateway) throws IOException {
        this.gateway = gateway;
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
                Socket server = new Socket(InetAddress.getLoopbackAddress(), gateway);
                sockets.addAll(List.of(client, server));
                Thread.ofVirtual().start(() -> forward(client, server, true));
                Thread.ofVirtual().start(() -> forward(server, client, false));
            }
        } catch (IOException closedByTest) {
            // no new connections
        }
    }

    private void forward(Socket from, Socket to, boolean toGateway) {
        byte[] bytes = new byte[64 << 10];
        try (from;
                to) {
            InputStream in = from.getInputStream();
            OutputStream out = to.getOutputStream();
            for (int count = in.read(bytes); count >= 0 && awaitWhole(toGateway); count = in.read(bytes)) {
                out.write(bytes, 0, count);
            }
            awaitWhole(toGateway); // an end is not told either
        } catch (IOException lost) {
            // the other direction ends too
        }
    }

    /** Waits while the line is cut; false if it is given up. */
    private boolean awaitWhole(boolean toGateway) {
        lock.lock();
        try {
            while ((toGateway ? toGatewayCut : toClientCut) && !closed) {
                changed.awaitUninterruptibly();
            }
            return !closed;
        } finally {
            lock.unlock();
        }
    }

    void cut() {
        set(true, true);
    }

    /** The client's requests arrive, the gateway's answers do not: as if the client had stopped to read. */
    void cutTowardsClient() {
        set(false, true);
    }

    /** What was on its way arrives after all. */
    void heal() {
        set(false, false);
    }

    private void set(boolean toGateway, boolean toClient) {
        lock.lock();
        try {
            toGatewayCut = toGateway;
            toClientCut = toClient;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            listening.close();
            for (Socket socket : sockets) {
                socket.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
