package io.intake.processors.forward.hl7;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.processors.TestClock;
import io.intake.processors.forward.hl7.MessageReader.Messages;
import io.intake.processors.job.RefusedException;
import io.intake.store.Content;
import io.intake.store.PutRequest;
import io.intake.store.memory.InMemoryObjectStore;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Two messages taken for one, or a message cut in two, give one patient's results to another. */
class MessageReaderTest {
    private static final String A = "MSH|^~\\&|L|H|||20260101||ADT^A01|1|P|2.5\rPID|1||77\r";
    private static final String B = "MSH|^~\\&|L|H|||20260101||ADT^A08|2|P|2.5\rPID|1||78\rZXY|a\r";

    private final InMemoryObjectStore bucket = new InMemoryObjectStore(new TestClock());

    private List<String> messages(String file) {
        return messages(file.getBytes(StandardCharsets.ISO_8859_1), 1000);
    }

    private List<String> messages(byte[] file, int atOnce) {
        bucket.put(PutRequest.of("k", Content.of(file), "x/y"));
        MessageReader reader = new MessageReader(bucket, 1 << 20);
        List<String> found = new ArrayList<>();
        long offset = 0;
        while (true) {
            Messages some = reader.read("k", offset, atOnce);
            if (some.ends().length == 0) {
                return found;
            }
            assertThat(some.end()).isGreaterThan(offset);
            offset = some.end();
            int begin = 0;
            for (int end : some.ends()) {
                found.add(new String(Arrays.copyOfRange(some.bytes(), begin, end), StandardCharsets.ISO_8859_1));
                begin = end;
            }
        }
    }

    private void assertRefused(String file, String code) {
        assertThatThrownBy(() -> messages(file))
                .as(file)
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused -> assertThat(refused.failure().code()).isEqualTo(code));
    }

    @Test
    void messagesThatFollowOneAnotherAreCutWhateverEndsTheirSegments() {
        assertThat(messages(A + B)).containsExactly(A, B);
        assertThat(messages((A + B).replace("\r", "\n"))).containsExactly(A, B);
        assertThat(messages((A + B).replace("\r", "\r\n"))).containsExactly(A, B);
        assertThat(messages(A + "\r\n\r\n" + B + "\n\n")).containsExactly(A, B);
        assertThat(messages((A + B).substring(0, (A + B).length() - 1))).containsExactly(A, B);
    }

    @Test
    void filesThatWereConcatenatedAreCutThoughTheyDifferInTheirLineEnds() {
        String first = A.substring(0, A.length() - 1);
        assertThat(messages(first + "\n" + B.replace("\r", "\n") + A)).containsExactly(A, B, A);
        assertThat(messages("\u00ef\u00bb\u00bf" + A + "\u00ef\u00bb\u00bf" + B + "\u001a"))
                .containsExactly(A, B);
    }

    @Test
    void aLineFeedWithinAValueStaysWhereCarriageReturnsEndSegments() {
        String note = "MSH|^~\\&|L|H|||20260101||ORU^R01|3|P|2.5\rOBX|1|TX|||first\nsecond | third\r";
        assertThat(messages(note + A)).containsExactly(note, A);
    }

    @Test
    void theEnvelopeOfABatchFileIsNoMessage() {
        String file = "FHS|^~\\&|L\rBHS|^~\\&|L\r" + A + B + "BTS|2\rBHS|^~\\&\r" + A + "BTS|1|x\rFTS|2\r";
        assertThat(messages(file)).containsExactly(A, B, A);
        assertThat(messages(file.replace("\r", "\n"))).containsExactly(A, B, A);
        assertThat(messages("FHS|^~\\&|\rBHS|^~\\&|\r" + A))
                .as("without trailers")
                .containsExactly(A);
        assertThat(messages("BHS|^~\\&\r" + A + B + "BTS\r" + "FTS|\r")).containsExactly(A, B);
    }

    @Test
    void anEmptyBatchSaysThatThereWasNothing() {
        assertThat(messages("FHS|^~\\&|L\rBHS|^~\\&|L\rBTS|0\rFTS|1\r")).isEmpty();
        assertThat(messages("")).isEmpty();
        assertThat(messages("\r\n")).isEmpty();
    }

    @Test
    void aCaptureOfTheWireIsReadWithoutItsBlockCharacters() {
        assertThat(messages("\u000b" + A + "\u001c\r\u000b" + B + "\u001c\r")).containsExactly(A, B);
        String unended = A.substring(0, A.length() - 1);
        assertThat(messages("\u000b" + unended + "\u001c\r\u000b" + unended + "\u001c\r\n"))
                .containsExactly(A, A);
    }

    @Test
    void aTrailerThatCountsOtherwiseRefusesTheFileBeforeAnythingIsSent() {
        assertRefused("BHS|^~\\&\r" + A + "BTS|2\r", "HL7_BATCH_COUNT");
        assertRefused("BHS|^~\\&\r" + A + "BTS|many\r", "HL7_BATCH_COUNT");
        assertRefused("FHS|^~\\&\rBHS|^~\\&\r" + A + "BTS|1\rFTS|2\r", "HL7_FILE_COUNT");
        bucket.put(PutRequest.of(
                "k", Content.of(("BHS|^~\\&\r" + A + B + "BTS|3\r").getBytes(StandardCharsets.US_ASCII)), "x/y"));
        assertThatThrownBy(() -> new MessageReader(bucket, 1).read("k", 0, 1)).isInstanceOf(RefusedException.class);
    }

    @Test
    void whatIsNoHl7IsRefusedAndNothingOfItIsRepeated() {
        assertRefused("MRN,NAME\r\n1,DOE\r\n", "HL7_NOT_RECOGNISED");
        assertRefused("PID|1\r" + A, "HL7_NOT_RECOGNISED");
        assertRefused("BHS|^~\\&\r" + A + "BTS|1\rDOE^JANE\r", "HL7_NOT_RECOGNISED");
        assertThatThrownBy(() -> messages("DOE^JANE"))
                .isInstanceOf(RefusedException.class)
                .hasMessageNotContaining("DOE");
    }

    @Test
    void wideCharactersAreRefusedByTheirName() {
        for (var charset : List.of(StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE, StandardCharsets.UTF_16)) {
            assertThatThrownBy(() -> messages(A.getBytes(charset), 1))
                    .isInstanceOfSatisfying(
                            RefusedException.class,
                            refused -> assertThat(refused.failure().code()).isEqualTo("HL7_CHARSET"));
        }
    }

    @Test
    void aMessageBeyondAllMeasureIsRefused() {
        byte[] file = new byte[MessageSplitter.MAX_MESSAGE + 100];
        Arrays.fill(file, (byte) 'x');
        System.arraycopy("MSH|^~\\&|\rOBX|".getBytes(StandardCharsets.US_ASCII), 0, file, 0, 14);
        assertThatThrownBy(() -> messages(file, 1))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused -> assertThat(refused.failure().code()).isEqualTo("HL7_MESSAGE_TOO_LARGE"));
    }

    @Test
    void anyFileGivesTheSameMessagesHoweverManyAreReadAtOnce() {
        for (int seed = 0; seed < 300; seed++) {
            Random random = new Random(seed);
            List<String> expected = new ArrayList<>();
            byte[] file = file(random, expected);
            for (int atOnce : new int[] {1, 2, 3, 1000}) {
                assertThat(messages(file, atOnce))
                        .as("seed %d, %d at once", seed, atOnce)
                        .isEqualTo(expected);
            }
        }
    }

    /** Batches and bare messages, with segments so long that they cross buffers, in all line ends. */
    private static byte[] file(Random random, List<String> expected) {
        StringBuilder file = new StringBuilder();
        int batches = random.nextInt(3);
        for (int batch = 0; batch <= batches; batch++) {
            String end = List.of("\r", "\n", "\r\n").get(random.nextInt(3));
            boolean wrapped = random.nextBoolean();
            int count = random.nextInt(5);
            file.append(wrapped ? "BHS|^~\\&|x" + end : "");
            for (int i = 0; i < count; i++) {
                String message = message(random);
                expected.add(message);
                file.append(message.replace("\r", end)).append(random.nextInt(4) == 0 ? end : "");
            }
            file.append(wrapped ? "BTS|" + count + end : "");
        }
        return file.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static String message(Random random) {
        StringBuilder message = new StringBuilder("MSH|^~\\&|L|H|||2026||ADT^A01|" + random.nextInt(1000) + "|P|2.5\r");
        for (int segment = random.nextInt(4); segment > 0; segment--) {
            int length = random.nextInt(20) == 0 ? 60_000 + random.nextInt(20_000) : random.nextInt(60);
            message.append("OBX|");
            for (int i = 0; i < length; i++) {
                message.append((char) (random.nextInt(50) == 0 ? 0xE4 : 'a' + random.nextInt(26)));
            }
            message.append('\r');
        }
        return message.toString();
    }
}
