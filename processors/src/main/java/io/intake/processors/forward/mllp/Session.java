package io.intake.processors.forward.mllp;

import io.intake.config.MllpTarget;
import io.intake.processors.forward.ConnectionFaults;
import io.intake.processors.forward.EngineAnswer;
import io.intake.processors.forward.EngineAnswer.Unavailable;
import io.intake.processors.forward.hl7.Acknowledgement;
import io.intake.processors.forward.hl7.OutboundMessage;
import io.intake.processors.forward.mllp.Frames.FramingException;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The messages of a batch, one after another. A connection on which anything was not as it should be is dropped: an answer that
 * comes late must never be taken for the next message's. Not thread-safe.
 */
final class Session implements AutoCloseable {
    /** Answers to earlier messages that may come before the one that is waited for. */
    private static final int MOST_LATE = 64;

    private final Connections connections;
    private final MllpTarget target;
    private final Duration timeout;
    private final InstantSource clock;
    private @Nullable Connection current;

    Session(Connections connections, MllpTarget target, Duration timeout, InstantSource clock) {
        this.connections = connections;
        this.target = target;
        this.timeout = timeout;
        this.clock = clock;
    }

    EngineAnswer send(OutboundMessage message) {
        boolean again = true;
        while (true) {
            Connection connection;
            try {
                connection = connected(message.controlId());
            } catch (IOException | GeneralSecurityException | IllegalStateException failed) {
                return unreachable(failed);
            }
            try {
                return exchange(connection, message);
            } catch (SocketTimeoutException late) {
                drop();
                return new Unavailable("TIMED_OUT", null, true);
            } catch (FramingException other) {
                drop();
                return new Unavailable(other.code(), null, false);
            } catch (IOException lost) {
                drop();
                // The engine may have closed a connection at rest just when we used it
                if (!connection.isUsed() || !again) {
                    // TLS 1.3 has us done before the engine has looked at our certificate
                    return ConnectionFaults.of(lost, "CONNECTION_LOST");
                }
                again = false;
            }
        }
    }

    /** A further answer to an earlier message of the same control id would be taken for this one's. */
    private Connection connected(String controlId) throws IOException, GeneralSecurityException {
        Connection connection = current;
        if (connection != null && connection.hasAnswered(controlId)) {
            drop();
            connection = null;
        }
        if (connection == null) {
            connection = connections.take(target);
            if (connection.hasAnswered(controlId)) {
                connection.close();
                connection = connections.open(target);
            }
            current = connection;
        }
        return connection;
    }

    private static EngineAnswer unreachable(Exception failed) {
        return switch (failed) {
            case IllegalStateException ignored -> new Unavailable("SECRET_ABSENT", null, false);
            case GeneralSecurityException ignored -> new Unavailable("TLS_SECRET_UNUSABLE", null, false);
            default -> ConnectionFaults.of(failed, "OUT_OF_REACH");
        };
    }

    private EngineAnswer exchange(Connection connection, OutboundMessage message) throws IOException, FramingException {
        EngineAnswer answer = connection.within(timeout, connections.timer(), () -> {
            connection.send(message.bytes());
            return answer(connection, message.controlId());
        });
        connection.done(message.controlId(), clock.instant());
        return answer;
    }

    private EngineAnswer answer(Connection connection, String controlId) throws IOException, FramingException {
        for (int late = 0; late < MOST_LATE; late++) {
            Optional<Acknowledgement> read = Acknowledgement.of(connection.receive());
            if (read.isEmpty()) {
                throw new FramingException("ACK_UNREADABLE");
            }
            Acknowledgement answer = read.get();
            if (answer.controlId().equals(controlId)) {
                EngineAnswer verdict = Verdicts.of(answer, target);
                if (verdict != null) {
                    return verdict;
                }
            } else if (!connection.hasAnswered(answer.controlId())) {
                // Engines answer what they cannot read with AA and a control id of their own
                throw new FramingException("ACK_OF_OTHER_MESSAGE");
            }
        }
        throw new FramingException("ACK_OF_OTHER_MESSAGE");
    }

    private void drop() {
        if (current != null) {
            current.close();
            current = null;
        }
    }

    /** Keeps the connection for the next batch. */
    @Override
    public void close() {
        if (current != null) {
            connections.give(target, current);
            current = null;
        }
    }
}
