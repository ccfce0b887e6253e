package io.intake.processors.forward.hl7;

import java.nio.charset.StandardCharsets;

/**
 * Holds a file against what its trailers say (HL7 2.5.1, 2.10.3): BTS-1 counts a batch's messages, FTS-1 a file's batches. A
 * trailer may be absent, and so may its count; an empty batch is a message too: that there was nothing. Not thread-safe.
 */
final class Envelope {
    private long messages;
    private int batches;
    private boolean open;

    void fileBegins() {
        messages = 0;
        batches = 0;
        open = false;
    }

    void batchBegins() {
        messages = 0;
        batches++;
        open = true;
    }

    void message() {
        messages++;
    }

    void batchEnds(byte[] trailer) {
        if (!open) {
            batches++;
        }
        if (!agrees(trailer, messages)) {
            throw Hl7Refusals.batchCount(batches, messages);
        }
        messages = 0;
        open = false;
    }

    /** Of a file without batches the standard does not say what FTS-1 is; so it is not looked at. */
    void fileEnds(byte[] trailer) {
        if (batches > 0 && !agrees(trailer, batches)) {
            throw Hl7Refusals.fileCount(batches);
        }
        fileBegins();
    }

    private static boolean agrees(byte[] trailer, long count) {
        String text = new String(trailer, StandardCharsets.ISO_8859_1);
        if (text.length() < 4) {
            return true;
        }
        int end = text.indexOf(text.charAt(3), 4);
        String said = text.substring(4, end < 0 ? text.length() : end).strip();
        return said.isEmpty() || (said.matches("[0-9]{1,18}") && Long.parseLong(said) == count);
    }
}
