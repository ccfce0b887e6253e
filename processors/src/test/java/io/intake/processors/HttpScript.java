package io.intake.processors;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedDeque;

/** A real HTTP server on loopback that answers as scripted, then as usual, and keeps what it got. */
public final class HttpScript implements AutoCloseable {
    private final HttpServer server;
    private final Answer usual;
    private final ConcurrentLinkedDeque<Answer> script = new ConcurrentLinkedDeque<>();
    private final List<Received> received = new ArrayList<>();
    private final List<String> paths = new ArrayList<>();
    private final List<String> methods = new ArrayList<>();

    /** A request as it came; header names are lower case. */
    public record Received(Map<String, String> headers, byte[] bytes) {
        /** As text in UTF-8. */
        public String body() {
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    /** An answer; status 0 cuts the connection after the request was read. */
    public record Answer(int status, Map<String, String> headers, String body) {
        public static Answer of(int status) {
            return new Answer(status, Map.of(), "");
        }

        public static Answer of(int status, String body) {
            return new Answer(status, Map.of(), body);
        }
    }

    public HttpScript(Answer usual) {
        this.usual = usual;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::handle);
        server.start();
    }

    private void handle(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        TreeMap<String, String> headers = new TreeMap<>();
        exchange.getRequestHeaders()
                .forEach((name, values) -> headers.put(name.toLowerCase(java.util.Locale.ROOT), values.getFirst()));
        synchronized (received) {
            received.add(new Received(headers, body));
            paths.add(exchange.getRequestURI().toString());
            methods.add(exchange.getRequestMethod());
        }
        Answer next = script.poll();
        Answer answer = next == null ? usual : next;
        if (answer.status() == 0) {
            exchange.close();
            return;
        }
        answer.headers().forEach(exchange.getResponseHeaders()::set);
        byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
        if (bytes.length > 0) {
            exchange.getResponseBody().write(bytes);
        }
        exchange.close();
    }

    /** Answers for the next requests, in order. */
    public void then(Answer... answers) {
        script.addAll(List.of(answers));
    }

    public List<Received> received() {
        synchronized (received) {
            return List.copyOf(received);
        }
    }

    /** The paths asked for, with their queries. */
    public List<String> paths() {
        synchronized (received) {
            return List.copyOf(paths);
        }
    }

    /** The methods asked with. */
    public List<String> methods() {
        synchronized (received) {
            return List.copyOf(methods);
        }
    }

    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
