package io.intake.gateway;

import io.intake.gateway.sftp.SessionState;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.sshd.common.SshConstants;
import org.apache.sshd.common.session.helpers.AbstractSession;
import org.apache.sshd.common.util.buffer.Buffer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The idle time-out of sessions that upload: a client that is slow to go on stays, one that is gone does not. Who is silent
 * with an open upload is asked whether it is still there, by a request that RFC 4254 (section 4) wants answered whether it is
 * understood or not. Who answers none of several in the time that ends other silent sessions has lost its line, or is
 * stopped; its upload is parked. Thread-safe.
 */
final class SilentClients {
    private static final Logger LOG = LoggerFactory.getLogger(SilentClients.class);
    /** As OpenSSH's server names it; clients know it. */
    static final String QUESTION = "keepalive@openssh.com";
    /** Questions without an answer that end a session. */
    static final int QUESTIONS = 3;

    private final Supplier<List<AbstractSession>> sessions;

    SilentClients(Supplier<List<AbstractSession>> sessions) {
        this.sessions = sessions;
    }

    /**
     * Asks from now on.
     *
     * @param idle the time in which so many questions are asked that a silent client is found; none if it is zero
     */
    void watch(ScheduledExecutorService timer, Duration idle) {
        if (idle.isPositive()) {
            long nanos = Math.max(1, idle.toNanos() / (QUESTIONS + 1));
            ScheduledFuture<?> ignored = timer.scheduleWithFixedDelay(this::round, nanos, nanos, TimeUnit.NANOSECONDS);
        }
    }

    private void round() {
        for (AbstractSession session : sessions.get()) {
            SessionState state = session.getAttribute(SessionState.KEY);
            try {
                if (state != null && state.isUploading()) {
                    visit(session, state);
                }
            } catch (IOException | RuntimeException e) {
                LOG.debug("a client was not asked: cause={}", e.getClass().getSimpleName()); // its session is ending
            }
        }
    }

    private static void visit(AbstractSession session, SessionState state) throws IOException {
        int unanswered = state.questions();
        if (unanswered == 0 && state.takeHeard()) {
            return;
        }
        if (unanswered < QUESTIONS) {
            ask(session, state);
        } else if (!state.isBusy()) { // what is being completed is completed, whoever waits for it
            LOG.info(
                    "session ended, its client does not answer: partner={} session={}",
                    state.identity().partner(),
                    state.identity().session());
            state.totals().ending("idle");
            session.close(true);
        }
    }

    private static void ask(AbstractSession session, SessionState state) throws IOException {
        state.asked();
        Buffer question = session.createBuffer(SshConstants.SSH_MSG_GLOBAL_REQUEST);
        question.putString(QUESTION);
        question.putBoolean(true);
        session.request(question, QUESTION, (_, _) -> state.heard());
    }
}
