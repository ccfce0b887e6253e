package io.intake.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The contract's chapter on conditional writes and copies. */
abstract class ConditionContract extends ObjectContract {
    /** Two invocations that both open the job deliver the file twice. */
    @Test
    void aWriteThatAsksForAbsenceSucceedsOnce() {
        PutRequest first = conditional("a", "first", Precondition.IF_ABSENT);
        store().put(first);
        assertThatThrownBy(() -> store().put(conditional("a", "second", Precondition.IF_ABSENT)))
                .isInstanceOf(AlreadyPresentException.class);
        assertThat(text(key("a"))).isEqualTo("first");
    }

    /** An invocation whose lease was taken over must not overwrite its successor's progress. */
    @Test
    void aWriteThatAsksForAnETagSucceedsOnlyOnIt() {
        ObjectInfo one = put("a", "one");
        ObjectInfo two = store().put(conditional("a", "two", Precondition.ifMatch(one.etag())));
        assertThatThrownBy(() -> store().put(conditional("a", "three", Precondition.ifMatch(one.etag()))))
                .isInstanceOf(ConflictException.class);
        assertThat(text(key("a"))).isEqualTo("two");
        store().delete(key("a"));
        assertThatThrownBy(() -> store().put(conditional("a", "four", Precondition.ifMatch(two.etag()))))
                .isInstanceOf(AbsentException.class);
        assertThat(store().head(key("a"))).isEmpty();
    }

    /** Check and write must be one step, or two racers both win. */
    @Test
    void ofManyRacingCreationsOneWins() throws Exception {
        for (int round = 0; round < 5; round++) {
            String name = "race" + round;
            assertThat(race(i -> store().put(conditional(name, "racer " + i, Precondition.IF_ABSENT))))
                    .as("winners of round %d", round)
                    .hasSize(1)
                    .allSatisfy(winner -> assertThat(text(key(name))).isEqualTo("racer " + winner));
        }
    }

    /** The same for the swap that advances a job. */
    @Test
    void ofManyRacingSwapsOneWins() throws Exception {
        for (int round = 0; round < 5; round++) {
            String name = "swap" + round;
            String etag = put(name, "start").etag();
            assertThat(race(i -> store().put(conditional(name, "racer " + i, Precondition.ifMatch(etag)))))
                    .as("winners of round %d", round)
                    .hasSize(1)
                    .allSatisfy(winner -> assertThat(text(key(name))).isEqualTo("racer " + winner));
        }
    }

    /** Two stitchers that both publish would each believe that their rows are the delivered ones. */
    @Test
    void ofManyRacingCompletionsThatAskForAbsenceOneWins() throws Exception {
        List<UploadRef> uploads =
                IntStream.range(0, 6).mapToObj(i -> start("out")).toList();
        List<Part> parts = IntStream.range(0, 6)
                .mapToObj(i -> store().uploadPart(
                                uploads.get(i), 1, Content.of(("racer " + i).getBytes(StandardCharsets.UTF_8))))
                .toList();
        List<Integer> winners = race(
                6,
                i -> store().completeUpload(new CompleteRequest(
                        uploads.get(i), List.of(parts.get(i)), null, null, Precondition.IF_ABSENT)));
        assertThat(winners).hasSize(1);
        assertThat(text(key("out"))).isEqualTo("racer " + winners.getFirst());
    }

    /** A rename that loses metadata loses the write id and the file's time. */
    @Test
    void aCopyHasBytesTypeAndMetadataOfItsSourceAndReplacesItsTarget() {
        store().put(new PutRequest(
                key("a"), Content.of(random(5_000, 8)), "text/csv", Map.of("mtime", "1"), Precondition.ALWAYS));
        put("b", "old");
        ObjectInfo copy = store().copy(new CopySource(key("a"), null, null), key("b"));
        assertThat(bytes(key("b"))).isEqualTo(random(5_000, 8));
        ObjectInfo head = store().head(key("b")).orElseThrow();
        assertThat(head.contentType()).isEqualTo("text/csv");
        assertThat(head.metadata()).isEqualTo(Map.of("mtime", "1"));
        assertThat(copy.etag()).isEqualTo(head.etag());
        assertThat(copy.size()).isEqualTo(5_000);
        assertThat(bytes(key("a"))).hasSize(5_000);
    }

    @Test
    void aCopyCanHaveMoreMetadataThanItsSource() {
        store().put(new PutRequest(
                key("a"), Content.of(random(5_000, 8)), "text/csv", Map.of("x", "1", "y", "2"), Precondition.ALWAYS));
        store().copy(new CopySource(key("a"), null, null), key("b"), Map.of("y", "3", "z", "4"));

        ObjectInfo head = store().head(key("b")).orElseThrow();
        assertThat(head.metadata()).isEqualTo(Map.of("x", "1", "y", "3", "z", "4"));
        assertThat(head.contentType()).isEqualTo("text/csv");
        assertThat(bytes(key("b"))).isEqualTo(random(5_000, 8));
    }

    /** A copy that takes the bytes of another upload delivers the wrong file under the right name. */
    @Test
    void aPinnedCopyRefusesAReplacedSource() {
        ObjectInfo old = put("a", "old");
        put("a", "new");
        assertThatThrownBy(() -> store().copy(CopySource.pinned(key("a"), old.etag()), key("b")))
                .isInstanceOf(ConflictException.class);
        assertThat(store().head(key("b"))).isEmpty();
    }
}
