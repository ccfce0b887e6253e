package io.intake.processors.replay;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** How far an engine had acknowledged, for who goes on from there. Pure. */
final class Resent {
    /**
     * What says how long the engine was waited for: whoever is told to try again has all the time again. The file of what was
     * refused is written anew, under the new job's name.
     */
    private static final List<String> WAITED = List.of("outOfReachSince", "failingSince", "inLine", "rejects");

    private static final List<String> COUNTED = List.of("waits", "attempts");

    private Resent() {}

    static JsonNode of(JsonNode cursor) {
        ObjectNode fresh = cursor.deepCopy();
        WAITED.stream().filter(fresh::has).forEach(fresh::putNull);
        COUNTED.stream().filter(fresh::has).forEach(name -> fresh.put(name, 0));
        if (fresh.has("turn")) {
            fresh.put("turn", false);
        }
        return fresh;
    }
}
