package io.intake.processors.forward.redox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.intake.config.RedoxTarget;
import io.intake.processors.Json;
import java.io.IOException;
import java.net.URI;

/**
 * Completes messages of Redox's data models. Whom a message goes to, from whom, and whether it is a test, is the
 * configuration's alone: no record and no template can send patients' data elsewhere. Pure.
 */
final class RedoxMessage {
    private final RedoxTarget target;

    private final boolean test;

    /** @param test whether it is one, whatever the engine is for */
    RedoxMessage(RedoxTarget target, boolean test) {
        this.target = target;
        this.test = test || target.test();
    }

    /** What is no message: it is no object, or its model or event is not known. */
    static final class NoMessage extends Exception {
        private static final long serialVersionUID = 1;

        NoMessage() {
            super("a record is no message");
        }
    }

    /** A message made of a record that a template has shaped. */
    byte[] of(byte[] shaped) throws NoMessage {
        JsonNode message;
        try {
            message = Json.exact().readTree(shaped);
        } catch (IOException notJson) {
            throw new NoMessage();
        }
        if (!(message instanceof ObjectNode object)) {
            throw new NoMessage();
        }
        return completed(object, target.dataModel(), target.eventType());
    }

    /** A message that there is a new document, which was uploaded. */
    byte[] ofFile(String name, String contentType, URI uploaded) throws NoMessage {
        ObjectNode message = Json.mapper().createObjectNode();
        int dot = name.lastIndexOf('.');
        String type = dot < 0 ? contentType : name.substring(dot + 1);
        message.putObject("Media").put("FileType", type).put("FileName", name).put("FileContents", uploaded.toString());
        return completed(
                message,
                target.dataModel() == null ? "Media" : target.dataModel(),
                target.eventType() == null ? "New" : target.eventType());
    }

    private byte[] completed(
            ObjectNode message,
            @org.jspecify.annotations.Nullable String dataModel,
            @org.jspecify.annotations.Nullable String eventType)
            throws NoMessage {
        ObjectNode all = Json.mapper().createObjectNode();
        ObjectNode meta = all.putObject("Meta");
        if (message.path("Meta") instanceof ObjectNode own) {
            meta.setAll(own);
        }
        putAbsent(meta, "DataModel", dataModel);
        putAbsent(meta, "EventType", eventType);
        meta.put("Test", test);
        meta.remove("Source");
        if (target.source() != null) {
            meta.putObject("Source").put("ID", target.source());
        }
        ArrayNode destinations = meta.putArray("Destinations");
        target.destinations().forEach(each -> destinations.addObject().put("ID", each));
        message.remove("Meta");
        all.setAll(message);
        return Json.bytes(all);
    }

    private static void putAbsent(ObjectNode meta, String name, @org.jspecify.annotations.Nullable String value)
            throws NoMessage {
        if (meta.path(name).isTextual() && !meta.path(name).asText().isEmpty()) {
            return;
        }
        if (value == null) {
            throw new NoMessage();
        }
        meta.put(name, value);
    }
}
