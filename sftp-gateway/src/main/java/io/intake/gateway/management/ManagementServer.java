package io.intake.gateway.management;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers {@code /metrics}, {@code /live} and {@code /ready} over HTTP. It asks nobody who they are: what it says holds no
 * name, address or secret, and it is bound to loopback unless told otherwise. Thread-safe.
 */
public final class ManagementServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ManagementServer.class);

    /** Answers under way at once; more are told to come again. */
    private static final int AT_ONCE = 8;

    private static final String JSON = "application/json";
    private static final String PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8";

    static {
        // who connects and says nothing must not hold a connection for ever; read once by the JDK's server
        setIfAbsent("sun.net.httpserver.maxReqTime", "10");
        setIfAbsent("sun.net.httpserver.maxRspTime", "30");
        setIfAbsent("jdk.httpserver.maxConnections", "64");
        setIfAbsent("sun.net.httpserver.nodelay", "true");
    }

    private record Reply(int status, String type, String body) {}

    private final HttpServer server;
    private final ExecutorService exchanges = Executors.newVirtualThreadPerTaskExecutor();
    private final Semaphore places = new Semaphore(AT_ONCE);
    private final Supplier<String> metrics;
    private final BooleanSupplier live;
    private final Readiness readiness;

    private ManagementServer(HttpServer server, Supplier<String> metrics, BooleanSupplier live, Readiness readiness) {
        this.server = server;
        this.metrics = metrics;
        this.live = live;
        this.readiness = readiness;
    }

    private static void setIfAbsent(String property, String value) {
        if (System.getProperty(property) == null) {
            System.setProperty(property, value);
        }
    }

    /**
     * Binds and answers.
     *
     * @param metrics gives the text of all metrics
     * @param live whether the process is worth keeping; it is to be restarted if not
     * @throws IOException if it cannot be bound
     */
    public static ManagementServer start(
            ManagementAddress address, Supplier<String> metrics, BooleanSupplier live, Readiness readiness)
            throws IOException {
        InetSocketAddress socket = new InetSocketAddress(InetAddress.getByName(address.host()), address.port());
        ManagementServer management = new ManagementServer(HttpServer.create(socket, 0), metrics, live, readiness);
        management.server.setExecutor(management.exchanges);
        management.server.createContext("/", management::answer);
        management.server.start();
        LOG.info("management ready: address={}", management.address());
        return management;
    }

    /** {@code host:port}; an IPv6 host in brackets. */
    public String address() {
        String host = server.getAddress().getAddress().getHostAddress();
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port();
    }

    /** The port it listens on. */
    public int port() {
        return server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            if (places.tryAcquire()) {
                try {
                    send(exchange, reply(exchange));
                } finally {
                    places.release();
                }
            } else {
                send(exchange, new Reply(503, JSON, "{\"error\":\"busy\"}"));
            }
        }
    }

    private Reply reply(HttpExchange exchange) {
        String method = exchange.getRequestMethod();
        if (!"GET".equals(method) && !"HEAD".equals(method)) {
            return new Reply(405, JSON, "{\"error\":\"only GET\"}");
        }
        try {
            return switch (exchange.getRequestURI().getPath()) {
                case "/metrics" -> new Reply(200, PROMETHEUS, metrics.get());
                case "/live" -> live();
                case "/ready" -> ready();
                default -> new Reply(404, JSON, "{\"error\":\"there are /metrics, /live and /ready\"}");
            };
        } catch (RuntimeException e) {
            LOG.warn("management request failed: cause={}", e.getClass().getSimpleName());
            return new Reply(500, JSON, "{\"error\":\"internal error\"}");
        }
    }

    private Reply live() {
        boolean alive = live.getAsBoolean();
        return new Reply(alive ? 200 : 503, JSON, "{\"live\":" + alive + "}");
    }

    private Reply ready() {
        List<String> reasons = readiness.reasons();
        String quoted = reasons.isEmpty() ? "" : "\"" + String.join("\",\"", reasons) + "\"";
        return new Reply(
                reasons.isEmpty() ? 200 : 503,
                JSON,
                "{\"ready\":" + reasons.isEmpty() + ",\"reasons\":[" + quoted + "]}");
    }

    private static void send(HttpExchange exchange, Reply reply) throws IOException {
        byte[] body = reply.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", reply.type());
        exchange.getResponseHeaders().set("Cache-Control", "no-store");
        boolean head = "HEAD".equals(exchange.getRequestMethod());
        exchange.sendResponseHeaders(reply.status(), head ? -1 : body.length);
        if (!head) {
            exchange.getResponseBody().write(body);
        }
    }

    /** Stops at once. */
    @Override
    public void close() {
        exchanges.shutdownNow();
        server.stop(0);
    }
}
