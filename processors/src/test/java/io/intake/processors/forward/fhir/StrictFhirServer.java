package io.intake.processors.forward.fhir;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.intake.processors.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * What FHIR R4 asks of a server that takes transactions (3.1.0.11) with conditional creates (3.1.0.7.1), and nothing else; it
 * refuses what a lenient one would take. All of a transaction is done, or nothing.
 */
final class StrictFhirServer implements AutoCloseable {
    private final HttpServer server;
    private final List<JsonNode> resources = new ArrayList<>();
    private final ConcurrentLinkedDeque<Fault> faults = new ConcurrentLinkedDeque<>();
    private int transactions;

    /** Instead of an answer, or after the transaction was carried out. */
    record Fault(boolean carriedOut, int status, String body) {}

    private static final class Refusal extends Exception {
        private static final long serialVersionUID = 1;
        private final int status;
        private final String issue;

        Refusal(int status, String issue) {
            super(issue);
            this.status = status;
            this.issue = issue;
        }
    }

    StrictFhirServer() {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/r4", this::handle);
        server.start();
    }

    URI base() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/r4");
    }

    void then(Fault... next) {
        faults.addAll(List.of(next));
    }

    /** What it has, made once each. */
    synchronized List<JsonNode> resources() {
        return List.copyOf(resources);
    }

    synchronized void add(JsonNode resource) {
        resources.add(resource);
    }

    synchronized int transactions() {
        return transactions;
    }

    private synchronized void handle(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        transactions++;
        Fault fault = faults.poll();
        if (fault != null && !fault.carriedOut()) {
            answer(exchange, fault.status(), fault.body());
            return;
        }
        try {
            String answer = transaction(exchange, body);
            if (fault != null) {
                answer(exchange, fault.status(), fault.body());
            } else {
                answer(exchange, 200, answer);
            }
        } catch (Refusal refusal) {
            answer(
                    exchange,
                    refusal.status,
                    "{\"resourceType\":\"OperationOutcome\",\"issue\":[{\"severity\":\"error\",\"code\":\""
                            + refusal.issue + "\",\"diagnostics\":\"value MRN-4711 is wrong\"}]}");
        }
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        if (status == 0) {
            exchange.close();
            return;
        }
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/fhir+json");
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private String transaction(HttpExchange exchange, byte[] body) throws Refusal, IOException {
        if (!exchange.getRequestMethod().equals("POST")) {
            throw new Refusal(405, "not-supported");
        }
        if (!"application/fhir+json".equals(exchange.getRequestHeaders().getFirst("Content-Type"))) {
            throw new Refusal(415, "not-supported");
        }
        JsonNode bundle = Json.exact().readTree(body);
        require(bundle.path("resourceType").asText().equals("Bundle"), "structure");
        require(bundle.path("type").asText().equals("transaction"), "structure");
        Set<String> urls = new HashSet<>();
        List<JsonNode> made = new ArrayList<>();
        ArrayNode answers = Json.mapper().createArrayNode();
        for (JsonNode entry : bundle.path("entry")) {
            require(urls.add(entry.path("fullUrl").asText()), "invariant");
            require(
                    entry.path("fullUrl")
                            .asText()
                            .matches("urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|https?://.+"),
                    "value");
            JsonNode resource = entry.path("resource");
            JsonNode request = entry.path("request");
            String type = resource.path("resourceType").asText();
            require(
                    request.path("method").asText().equals("POST")
                            && request.path("url").asText().equals(type),
                    "invalid");
            if (!resource.path("bad").isMissingNode()) {
                throw new Refusal(422, "value");
            }
            List<JsonNode> same = matching(type, request.path("ifNoneExist").asText());
            if (same.size() > 1) {
                throw new Refusal(412, "multiple-matches");
            }
            if (same.isEmpty()) {
                made.add(resource);
            }
            ObjectNode response = answers.addObject().putObject("response");
            response.put("status", same.isEmpty() ? "201 Created" : "200 OK").put("location", type + "/x/_history/1");
        }
        require(!answers.isEmpty(), "required");
        resources.addAll(made);
        ObjectNode answer = Json.mapper().createObjectNode();
        answer.put("resourceType", "Bundle").put("id", "b-1").put("type", "transaction-response");
        answer.set("entry", answers);
        return answer.toString();
    }

    private List<JsonNode> matching(String type, String search) throws Refusal {
        if (search.isEmpty()) {
            return List.of();
        }
        String[] pair = search.split("=", 2);
        require(pair.length == 2 && !pair[1].contains("|"), "invalid");
        String[] token = URLDecoder.decode(pair[1], StandardCharsets.UTF_8).split("\\|", 2);
        require(token.length == 2, "invalid");
        boolean tag = pair[0].equals("_tag");
        require(tag || pair[0].equals("identifier"), "invalid");
        List<JsonNode> found = new ArrayList<>();
        for (JsonNode each : resources) {
            JsonNode marks = tag ? each.path("meta").path("tag") : each.path("identifier");
            for (JsonNode mark : marks) {
                if (each.path("resourceType").asText().equals(type)
                        && mark.path("system").asText().equals(token[0])
                        && mark.path(tag ? "code" : "value").asText().equals(token[1])) {
                    found.add(each);
                }
            }
        }
        return found;
    }

    private static void require(boolean right, String issue) throws Refusal {
        if (!right) {
            throw new Refusal(400, issue);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
