package io.intake.processors.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchRuntimeException;

import io.intake.processors.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Parsers quote their input in their exceptions, and Lambda prints what a handler throws. */
class SafeThrowableTest {
    private static final String NAME = "Quixotl";

    private static RuntimeException foreign() {
        return catchRuntimeException(() -> Integer.parseInt(NAME));
    }

    private static List<Supplier<RuntimeException>> quoting() {
        return List.of(
                SafeThrowableTest::foreign,
                () -> new IllegalStateException("fine", foreign()),
                () -> new RuntimeException(foreign()),
                () -> new IllegalStateException("at " + foreign().getMessage(), foreign()),
                () -> new UncheckedIOException(new IOException(foreign())),
                () -> catchRuntimeException(() -> DateTimeFormatter.ISO_INSTANT.parse(NAME)),
                () -> catchRuntimeException(() -> Json.mapper().convertValue(NAME, Path[].class)),
                () -> {
                    RuntimeException outer = new IllegalStateException("fine");
                    outer.addSuppressed(foreign());
                    return outer;
                });
    }

    @Test
    void whatQuotesAnInputIsReplacedByWhatDoesNot() {
        for (Supplier<RuntimeException> each : quoting().subList(0, 4)) {
            assertThat(SafeThrowable.trace(each.get())).doesNotContain(NAME).contains("NumberFormatException");
        }
        for (Supplier<RuntimeException> each : quoting()) {
            RuntimeException thrown = each.get();
            if (thrown.toString().contains(NAME) || SafeThrowable.trace(thrown).contains("withheld")) {
                RuntimeException safe = SafeThrowable.safe(thrown);
                assertThat(safe).isNotSameAs(thrown).hasNoCause();
                assertThat(safe.getSuppressed()).isEmpty();
                assertThat(SafeThrowable.trace(safe)).doesNotContain(NAME);
                assertThat(safe.getStackTrace()).isEqualTo(thrown.getStackTrace());
                assertThat(safe).hasMessageStartingWith(thrown.getClass().getName());
            }
        }
    }

    @Test
    void whatIsOursIsThrownAsItIs() {
        IllegalStateException ours = new IllegalStateException("job j1 has no feed");
        assertThat(SafeThrowable.safe(ours)).isSameAs(ours);
        assertThat(SafeThrowable.trace(ours)).startsWith("java.lang.IllegalStateException: job j1 has no feed");
    }

    @Test
    void exceptionsThatCauseEachOtherEnd() {
        IllegalStateException one = new IllegalStateException("one");
        IllegalStateException two = new IllegalStateException("two", one);
        one.initCause(two);
        assertThat(SafeThrowable.safe(one)).isSameAs(one);
        assertThat(SafeThrowable.trace(one)).contains("one").contains("two");
    }
}
