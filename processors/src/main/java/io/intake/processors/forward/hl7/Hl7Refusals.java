package io.intake.processors.forward.hl7;

import io.intake.processors.job.RefusedException;

/** Why a file of HL7 v2 messages is refused as a whole. Positions and counts only: nothing of what it holds. */
final class Hl7Refusals {
    private static final String AGAIN = "Send the file again, complete and as HL7 v2 messages.";

    private Hl7Refusals() {}

    static RefusedException notHl7(long offset) {
        return refused(
                "HL7_NOT_RECOGNISED",
                "The file is no series of HL7 v2 messages: at byte %,d there is a segment that belongs to none of them."
                        .formatted(offset));
    }

    static RefusedException wide() {
        return refused(
                "HL7_CHARSET",
                "The file is written in UTF-16 or UTF-32, which cannot be sent as HL7 v2 over MLLP; UTF-8 can.");
    }

    static RefusedException messageTooLarge(long offset, int most) {
        return refused(
                "HL7_MESSAGE_TOO_LARGE", "The message at byte %,d is longer than %,d bytes.".formatted(offset, most));
    }

    static RefusedException batchCount(int batch, long messages) {
        return refused(
                "HL7_BATCH_COUNT",
                "Batch %,d has %,d messages, but its trailer (BTS-1) says otherwise: messages may be missing."
                        .formatted(batch, messages));
    }

    static RefusedException fileCount(int batches) {
        return refused(
                "HL7_FILE_COUNT",
                "The file has %,d batches, but its trailer (FTS-1) says otherwise: batches may be missing."
                        .formatted(batches));
    }

    private static RefusedException refused(String code, String sentence) {
        return RefusedException.badData(code, sentence, AGAIN);
    }
}
