package io.intake.store.s3;

import io.intake.store.Content;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Connections to one host, used again while they are young. A thread of its own ends exchanges whose time is up. Thread-safe.
 */
final class HttpConnections implements AutoCloseable {
    /** S3 closes idle connections itself; beyond this age of silence they are more likely dead than alive. */
    private static final long MAX_IDLE_NANOS = Duration.ofSeconds(10).toNanos();

    private static final Duration WATCH_INTERVAL = Duration.ofMillis(200);

    private final String host;
    private final int port;
    private final @Nullable SSLContext tls;
    private final S3Settings settings;
    private final LongSupplier nanos;
    private final Semaphore places;
    private final ConcurrentLinkedDeque<HttpConnection> idle = new ConcurrentLinkedDeque<>();
    private final Set<HttpConnection> all = ConcurrentHashMap.newKeySet();
    private final Thread watch;

    /**
     * No connection yet.
     *
     * @param tls null for none
     * @param nanos a clock that only goes forward, as {@link System#nanoTime}
     */
    HttpConnections(String host, int port, @Nullable SSLContext tls, S3Settings settings, LongSupplier nanos) {
        this.nanos = nanos;
        this.host = host;
        this.port = port;
        this.tls = tls;
        this.settings = settings;
        this.places = new Semaphore(settings.maxConnections());
        this.watch = Thread.ofPlatform().daemon().name("s3-time-outs").start(this::watch);
    }

    /**
     * Sends a request and waits for its answer. A kept connection that turns out to be dead is replaced without further ado.
     *
     * @param total for the whole exchange
     */
    HttpAnswer exchange(byte[] head, Content content, Duration total) throws IOException, InterruptedException {
        enter();
        try {
            return onSome(connection -> exchange(connection, head, content, total));
        } finally {
            places.release();
        }
    }

    /**
     * Sends a request without content; the body of an answer of success is read from what comes back, which the caller
     * closes.
     */
    HttpBody open(byte[] head) throws IOException, InterruptedException {
        enter();
        boolean opened = false;
        try {
            HttpBody body = onSome(connection -> ask(connection, head));
            opened = true;
            return body;
        } finally {
            if (!opened) {
                places.release();
            }
        }
    }

    private void enter() throws IOException, InterruptedException {
        if (!places.tryAcquire(settings.callTimeout().toMillis(), TimeUnit.MILLISECONDS)) {
            throw new SocketTimeoutException("no connection became free");
        }
    }

    private interface Exchange<T> {
        T on(HttpConnection connection) throws IOException;
    }

    /** On kept connections until one is alive, else on a fresh one. */
    private <T> T onSome(Exchange<T> exchange) throws IOException {
        for (HttpConnection kept = take(); kept != null; kept = take()) {
            try {
                return exchange.on(kept);
            } catch (IOException e) {
                if (kept.isLate() || Thread.currentThread().isInterrupted()) {
                    throw e;
                }
            }
        }
        HttpConnection fresh = HttpConnection.open(host, port, tls, settings.connectTimeout(), nanos);
        all.add(fresh);
        return exchange.on(fresh);
    }

    private HttpBody ask(HttpConnection connection, byte[] head) throws IOException {
        boolean done = false;
        try {
            HttpAnswer answer = connection.ask(head, settings.callTimeout());
            HttpBody body = new HttpBody(answer, connection, settings.callTimeout(), keep -> leave(connection, keep));
            done = true;
            return body;
        } catch (IOException e) {
            throw timely(connection, e);
        } finally {
            if (!done) {
                drop(connection);
            }
        }
    }

    private void leave(HttpConnection connection, boolean keep) {
        putBack(connection, keep);
        places.release();
    }

    private static IOException timely(HttpConnection connection, IOException e) {
        if (!connection.isLate()) {
            return e;
        }
        SocketTimeoutException late = new SocketTimeoutException("no answer in time");
        late.initCause(e);
        return late;
    }

    private HttpAnswer exchange(HttpConnection connection, byte[] head, Content content, Duration total)
            throws IOException {
        boolean keep = false;
        try {
            HttpAnswer answer = connection.exchange(head, content, total, settings.callTimeout());
            keep = connection.isReusable(answer);
            return answer;
        } catch (IOException e) {
            throw timely(connection, e);
        } finally {
            putBack(connection, keep);
        }
    }

    private void putBack(HttpConnection connection, boolean keep) {
        if (keep) {
            connection.idleFrom(nanos.getAsLong());
            idle.push(connection);
        } else {
            drop(connection);
        }
    }

    private void drop(HttpConnection connection) {
        all.remove(connection);
        connection.close();
    }

    private @Nullable HttpConnection take() {
        for (HttpConnection kept = idle.poll(); kept != null; kept = idle.poll()) {
            if (nanos.getAsLong() - kept.idleSince() < MAX_IDLE_NANOS) {
                return kept;
            }
            drop(kept);
        }
        return null;
    }

    private void watch() {
        try {
            while (true) {
                Thread.sleep(WATCH_INTERVAL);
                long now = nanos.getAsLong();
                all.forEach(connection -> connection.closeIfLate(now));
                dropOld(now);
            }
        } catch (InterruptedException _) {
            // closed
        }
    }

    private void dropOld(long now) {
        for (HttpConnection oldest = idle.peekLast();
                oldest != null && now - oldest.idleSince() >= MAX_IDLE_NANOS && idle.removeLastOccurrence(oldest);
                oldest = idle.peekLast()) {
            drop(oldest);
        }
    }

    @Override
    public void close() {
        watch.interrupt();
        all.forEach(HttpConnection::close);
    }
}
