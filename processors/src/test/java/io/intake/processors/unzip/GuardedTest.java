package io.intake.processors.unzip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.processors.job.Input;
import io.intake.processors.job.RefusedException;
import io.intake.store.memory.InMemoryObjectStore;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

/** An archive for which the memory does not suffice, read again and again, would end every invocation without a word. */
class GuardedTest {
    @Test
    void memoryOrStackThatIsUsedUpIsARefusalOfOursAndNotOfThePartner() {
        Input input = new Input("inbound/p/x.zip", null, "e", 1, null, Samples.NOW);
        RangedChannel channel = new RangedChannel(new InMemoryObjectStore(InstantSource.fixed(Samples.NOW)), input);
        for (Error error : new Error[] {new OutOfMemoryError("x"), new StackOverflowError()}) {
            assertThatThrownBy(() -> Guarded.read(channel, "The archive", 0, () -> {
                        throw error;
                    }))
                    .as(error.toString())
                    .isInstanceOfSatisfying(
                            RefusedException.class,
                            refused -> assertThat(refused.failure().code()).isEqualTo("OUT_OF_MEMORY"));
        }
    }
}
