package io.intake.processors.forward.hl7;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** An answer that is misread loses a message, or sends it twice. */
class AcknowledgementTest {
    private static final String HEAD = "MSH|^~\\&|E|F|L|H|2026||ACK^A01|99|P|2.5\r";

    private static Acknowledgement of(String answer) {
        return Acknowledgement.of(answer.getBytes(StandardCharsets.ISO_8859_1)).orElseThrow();
    }

    @Test
    void anAnswerSaysWhatAndOfWhichMessage() {
        assertThat(of(HEAD + "MSA|AA|C7\r")).isEqualTo(new Acknowledgement("AA", "C7", null, "99"));
        assertThat(of(HEAD.replace('\r', '\n') + "MSA|CR|C7|text\n").code()).isEqualTo("CR");
        assertThat(of("MSH#*~\\&#E#F#L#H#2026##ACK#7#P#2.3\rMSA#AE#C7\r").controlId())
                .isEqualTo("C7");
    }

    @Test
    void theErrorsNumberIsFoundWhereEachVersionHasIt() {
        assertThat(of(HEAD + "MSA|AE|C7\rERR||PID^1^3|101^Required field missing^HL70357|E\r")
                        .error())
                .isEqualTo(101);
        assertThat(of(HEAD + "MSA|AR|C7\rERR|PID^1^11^103&Table value not found&HL70357\r")
                        .error())
                .isEqualTo(103);
        assertThat(of(HEAD + "MSA|AR|C7||||203^Unsupported version id^HL70357\r")
                        .error())
                .isEqualTo(203);
        assertThat(of(HEAD + "MSA|AE|C7\rERR||DOE|JANE\r").error()).isNull();
    }

    @Test
    void aReferenceThatCouldBeANameIsNotKept() {
        assertThat(of(HEAD.replace("|99|", "|DOE JANE 1970|") + "MSA|AA|C7\r").reference())
                .isNull();
    }

    @Test
    void whatIsNoAnswerIsNone() {
        for (String other : List.of(
                "",
                "\r",
                "HTTP/1.1 400 Bad Request\r\n",
                HEAD,
                HEAD + "MSA|OK|C7\r",
                "MSA|AA|C7\r",
                HEAD + "MSA|AA\r")) {
            assertThat(Acknowledgement.of(other.getBytes(StandardCharsets.ISO_8859_1)))
                    .as(other)
                    .isEmpty();
        }
    }
}
