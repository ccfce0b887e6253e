package io.intake.processors.forward.fhir;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.intake.config.FeedMode;
import io.intake.processors.Json;
import io.intake.processors.forward.Batch;
import io.intake.processors.forward.shape.RecordIds;
import io.intake.processors.job.Job;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Makes a transaction of records (FHIR R4, 3.1.0.11). What a template does not say itself is added so that a transaction sent
 * twice makes nothing twice: each entry gets a {@code fullUrl} that is always the same, and a request to create it unless
 * there is one with our identifier for it (3.1.0.7.1, conditional create). Pure.
 */
final class Transaction {
    /** Resources without {@code identifier}, or with one only: there is our mark a tag, which every resource can have. */
    private static final Set<String> WITHOUT_IDENTIFIERS = Set.of(
            "AuditEvent",
            "Binary",
            "Bundle",
            "CapabilityStatement",
            "CompartmentDefinition",
            "Composition",
            "ConceptMap",
            "GraphDefinition",
            "ImplementationGuide",
            "Linkage",
            "MessageHeader",
            "OperationDefinition",
            "Parameters",
            "Provenance",
            "QuestionnaireResponse",
            "SearchParameter",
            "Subscription",
            "TerminologyCapabilities",
            "TestReport",
            "TestScript",
            "VerificationResult");

    /** The label for data of tests (HL7 v3 ActReason, FHIR R4 security-labels). */
    private static final String REASONS = "http://terminology.hl7.org/CodeSystem/v3-ActReason";

    private final String system;

    Transaction(URI system) {
        this.system = system.toString();
    }

    /**
     * A bundle, and how many entries it has.
     *
     * @param json in UTF-8
     */
    record Made(byte[] json, int entries) {}

    /** A record was shaped into something that is no resource. */
    static final class NoResource extends Exception {
        private static final long serialVersionUID = 1;

        NoResource() {
            super("a record is no resource");
        }
    }

    /** @param records each a resource, a bundle whose entries are taken, or an array of either */
    Made of(Job job, Batch batch, List<byte[]> records) throws NoResource {
        ObjectNode bundle = Json.exact().createObjectNode();
        bundle.put("resourceType", "Bundle").put("type", "transaction");
        ArrayNode entries = bundle.putArray("entry");
        Set<String> urls = new HashSet<>();
        for (int i = 0; i < records.size(); i++) {
            int before = entries.size();
            add(entries, parsed(records.get(i)));
            if (entries.size() == before) {
                throw new NoResource();
            }
            String record = RecordIds.of(job, batch, i);
            for (int at = before; at < entries.size(); at++) {
                ObjectNode entry = (ObjectNode) entries.get(at);
                complete(entry, record, at - before);
                if (job.requireFeed().mode() == FeedMode.TEST
                        && entry.path("resource") instanceof ObjectNode resource) {
                    list(meta(resource), "security")
                            .addObject()
                            .put("system", REASONS)
                            .put("code", "HTEST");
                }
                if (!urls.add(entry.path("fullUrl").asText())) {
                    // Two records that name the same address: the server would refuse all, and which is meant is not
                    // ours to say
                    throw new NoResource();
                }
            }
        }
        return new Made(Json.bytes(bundle), entries.size());
    }

    private static JsonNode parsed(byte[] record) throws NoResource {
        try {
            return Json.exact().readTree(record);
        } catch (IOException notJson) {
            throw new NoResource();
        }
    }

    private static void add(ArrayNode entries, JsonNode shaped) throws NoResource {
        if (shaped.isArray()) {
            for (JsonNode each : shaped) {
                add(entries, each);
            }
        } else if (shaped.path("resourceType").asText().equals("Bundle")
                && shaped.path("type").asText().matches("transaction|batch|collection")) {
            for (JsonNode each : shaped.path("entry")) {
                if (!each.isObject()) {
                    throw new NoResource();
                }
                entries.add(each);
            }
        } else if (shaped.path("resourceType").isTextual() && !isAnswer(shaped)) {
            entries.addObject().set("resource", shaped);
        } else {
            throw new NoResource();
        }
    }

    /** Bundles that servers make; documents and messages are stored as they are. */
    private static boolean isAnswer(JsonNode shaped) {
        return shaped.path("resourceType").asText().equals("Bundle")
                && !shaped.path("type").asText().matches("document|message");
    }

    private void complete(ObjectNode entry, String record, int number) throws NoResource {
        String id = number == 0 ? record : record + "-" + number;
        boolean asked = entry.path("request").isObject();
        JsonNode resource = entry.path("resource");
        if (!entry.path("fullUrl").isTextual() && resource.isObject()) {
            entry.put("fullUrl", "urn:uuid:" + RecordIds.uuid(record, "entry " + number));
        }
        if (asked) {
            return;
        }
        String type = resource.path("resourceType").asText();
        if (!type.matches("[A-Z][A-Za-z]{1,60}")) {
            throw new NoResource();
        }
        ObjectNode made = (ObjectNode) resource;
        JsonNode identifier = made.path("identifier");
        String search;
        if (WITHOUT_IDENTIFIERS.contains(type) || identifier.isObject()) {
            list(meta(made), "tag").addObject().put("system", system).put("code", id);
            search = "_tag=";
        } else {
            list(made, "identifier").addObject().put("system", system).put("value", id);
            search = "identifier=";
        }
        String token = URLEncoder.encode(system + "|" + id, StandardCharsets.UTF_8);
        entry.putObject("request").put("method", "POST").put("url", type).put("ifNoneExist", search + token);
    }

    private static ObjectNode meta(ObjectNode resource) {
        return resource.path("meta") instanceof ObjectNode meta ? meta : resource.putObject("meta");
    }

    private static ArrayNode list(ObjectNode object, String name) {
        return object.path(name) instanceof ArrayNode list ? list : object.putArray(name);
    }
}
