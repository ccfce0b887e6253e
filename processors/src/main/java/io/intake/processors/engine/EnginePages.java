package io.intake.processors.engine;

import io.intake.processors.page.Outbox;
import io.intake.processors.page.ServicePages;
import java.time.Instant;

/** Tells on-call of an engine: once that it takes nothing, and once that it does again. Thread-safe. */
final class EnginePages {
    static final String PREFIX = "engine-";

    private final Outbox outbox;

    EnginePages(Outbox outbox) {
        this.outbox = outbox;
    }

    /** Whose pages they are; safe in keys, and no job's id. */
    static String owner(String engine) {
        return PREFIX + engine;
    }

    void down(String engine, EngineState state, int waiting) {
        Instant since = state.since() == null ? Instant.EPOCH : state.since();
        String code = state.code() == null ? "?" : state.code();
        outbox.leave(
                owner(engine),
                number(state.episode()),
                ServicePages.engineDown(engine, code, since, state.failed(), waiting));
    }

    void up(String engine, EngineState state) {
        outbox.leave(
                owner(engine),
                number(state.episode()) + 1,
                state.wasTaken() ? ServicePages.engineUp(engine) : ServicePages.engineForsaken(engine));
    }

    /** The number of the beginning; the end's follows it. */
    static int number(int episode) {
        return 2 * episode;
    }
}
