package io.intake.config;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A system that takes HL7 v2 messages over MLLP (HL7 2.5.1 Implementation Guide "Transport Specification: MLLP, Release 1").
 *
 * @param host a name or an address
 * @param port 1 to 65,535
 * @param connectTimeout to connect, the TLS handshake included
 * @param tls null where the connection is in clear
 * @param acknowledgement which answer ends the exchange of a message
 * @param applicationError what an application error (AE, CE) without a passing cause means
 */
public record MllpTarget(
        String host,
        int port,
        Duration connectTimeout,
        @Nullable TlsSetting tls,
        Acknowledgement acknowledgement,
        ApplicationError applicationError)
        implements Target {

    /** Which positive answer counts. */
    public enum Acknowledgement {
        /** The first: CA, the engine has stored the message, or AA, it has worked on it. */
        COMMIT,
        /** AA only; CA says that more will come on the same connection. */
        APPLICATION
    }

    /** What becomes of a message that the engine answers with an error of the application. */
    public enum ApplicationError {
        /** It is at fault itself: the others go on without it. */
        REFUSE,
        /** The engine is: the message is sent until it is taken, and those behind it wait. */
        RETRY
    }

    @Override
    public boolean inOnePiece() {
        return false;
    }

    /** Without the address. */
    @Override
    public String toString() {
        return "MllpTarget[]";
    }
}
