package io.intake.processors.forward.mllp;

import io.intake.config.MllpTarget;
import io.intake.config.MllpTarget.ApplicationError;
import io.intake.processors.forward.EngineAnswer;
import io.intake.processors.forward.EngineAnswer.Refused;
import io.intake.processors.forward.EngineAnswer.Taken;
import io.intake.processors.forward.EngineAnswer.Unavailable;
import io.intake.processors.forward.hl7.Acknowledgement;
import org.jspecify.annotations.Nullable;

/** Decides what an acknowledgement of our message means (HL7 2.5.1, 2.9.2, tables 0008 and 0357). Pure. */
final class Verdicts {
    private Verdicts() {}

    /** Null where the answer that counts is still to come. */
    static @Nullable EngineAnswer of(Acknowledgement answer, MllpTarget target) {
        return switch (answer.code()) {
            case "AA" -> new Taken(answer.reference());
            case "CA" ->
                target.acknowledgement() == MllpTarget.Acknowledgement.COMMIT ? new Taken(answer.reference()) : null;
            case "AE", "CE" ->
                isPassing(answer.error()) || target.applicationError() == ApplicationError.RETRY
                        ? new Unavailable(code(answer), null, false)
                        : new Refused(code(answer));
            // Of a message that is rejected without a reason, an engine's filter is the commonest: it stays rejected
            default ->
                isPassing(answer.error()) || isSetUp(answer.error())
                        ? new Unavailable(code(answer), null, false)
                        : new Refused(code(answer));
        };
    }

    /** 206: the record is locked; 207: an internal error of the application. */
    private static boolean isPassing(@Nullable Integer error) {
        return error != null && (error == 206 || error == 207);
    }

    /** 200 to 203: it is not set up for this message type, event, processing id (test or production) or version. */
    private static boolean isSetUp(@Nullable Integer error) {
        return error != null && error >= 200 && error <= 203;
    }

    private static String code(Acknowledgement answer) {
        return "MSA_" + answer.code() + (answer.error() == null ? "" : "_" + answer.error());
    }
}
