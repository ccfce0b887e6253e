package io.intake.bucket;

import java.util.Map;

/**
 * Tells uploads that came to their name by a rename from those that were put under it. Who renames a file has seen it stored
 * whole; a client that is cut off while it puts one does not come to that. Pure.
 */
public final class Renamed {
    /** The metadata that the gateway gives an object when it copies it to the name that a client renamed it to. */
    public static final Map<String, String> MARK = Map.of("renamed", "1");

    private Renamed() {}

    /** Whether an object came by a rename: as a copy, or as an upload that was held until its rename. */
    public static boolean is(Map<String, String> metadata) {
        return metadata.containsKey("renamed") || metadata.containsKey(Withheld.EXPECTED);
    }
}
