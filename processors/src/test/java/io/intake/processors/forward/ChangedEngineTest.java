package io.intake.processors.forward;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.config.Engine;
import io.intake.config.S3Target;
import io.intake.processors.Secrets;
import io.intake.processors.TestClock;
import io.intake.processors.forward.EngineAnswer.Unavailable;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Half a file in one engine and the other half in one of another kind is a file that nobody has. */
class ChangedEngineTest {
    @Test
    void recordsThatWereBegunWithAnEngineOfOneKindAreNotSentToOneOfAnother() {
        TestClock clock = new TestClock();
        Engine engine = new Engine("lake", new S3Target("lake", null, "p/", false), Duration.ofSeconds(30));
        try (Engines engines = new Engines(new Secrets(_ -> null, _ -> null, clock), clock)) {
            assertThat(engines.send(engine, Deliverable.job(), Deliverable.batch("{\"MRN\":\"1\"}")))
                    .isEqualTo(new Unavailable("ENGINE_TYPE_CHANGED", null, false));
        }
    }
}
