package io.intake.processors.forward.shape;

import io.intake.processors.forward.Batch;
import io.intake.processors.forward.EngineAnswer;
import io.intake.processors.forward.EngineAnswer.Refused;
import io.intake.processors.forward.EngineAnswer.Unavailable;
import java.util.ArrayList;
import java.util.List;

/** A batch's records as an engine is sent them, or why there are none. */
public sealed interface Shaped {

    /**
     * The records.
     *
     * @param records one for each of the batch, in its order, without separators between them
     * @param kind what they are
     */
    record Ready(List<byte[]> records, Kind kind) implements Shaped {
        /** Records as they are. */
        public static Ready plain(Batch batch) {
            List<byte[]> records = new ArrayList<>(batch.records());
            for (int i = 0; i < batch.records(); i++) {
                records.add(batch.record(i));
            }
            return new Ready(records, Kind.JSON);
        }
    }

    /**
     * Nothing to send.
     *
     * @param answer what the adapter answers: refused where a record cannot be shaped, which cutting the batch isolates;
     *     unavailable where the template is absent or wrong, which waits for whoever writes templates
     */
    record Not(EngineAnswer answer) implements Shaped {
        static Not waiting(TemplateProblem problem) {
            return new Not(new Unavailable(problem.code(), null, false));
        }

        static Not refused(TemplateProblem problem) {
            return new Not(new Refused(problem.code()));
        }
    }

    /** What a shaped record is; a template's name ends with it. */
    enum Kind {
        /** One JSON value, without line breaks, in UTF-8. */
        JSON,
        /** One HL7 v2 message: its segments, each ended by a carriage return, in UTF-8. */
        HL7,
        /** Text with XML's escapes, in UTF-8. */
        XML,
        /** Any other text, in UTF-8. */
        TXT
    }
}
