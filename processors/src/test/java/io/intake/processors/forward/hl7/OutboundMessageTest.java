package io.intake.processors.forward.hl7;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A message that an engine reads otherwise than it was meant is worse than one that it refuses. */
class OutboundMessageTest {
    private static final String HEAD = "MSH|^~\\&|L|H|E|F|20260101||ADT^A01|C7|P|2.5";

    private static OutboundMessage of(String content, boolean text) throws UnsendableException {
        return OutboundMessage.of(
                content.getBytes(text ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1), "OWN", text);
    }

    private static String sent(String content) throws UnsendableException {
        return new String(of(content, false).bytes(), StandardCharsets.ISO_8859_1);
    }

    private static void assertUnsendable(String content, boolean text, String code) {
        assertThatThrownBy(() -> of(content, text))
                .as(content)
                .isInstanceOfSatisfying(
                        UnsendableException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    @Test
    void aMessageGoesOutAsItIsWhateverItsCharset() throws UnsendableException {
        String message = HEAD + "||||||8859/1\rPID|1||7||M\u00fcller\rNTE|1||a\nb\r";
        assertThat(sent(message)).isEqualTo(message);
        assertThat(of(message, false).controlId()).isEqualTo("C7");
    }

    @Test
    void segmentsEndWithCarriageReturns() throws UnsendableException {
        assertThat(sent(HEAD + "\nPID|1\n")).isEqualTo(HEAD + "\rPID|1\r");
        assertThat(sent(HEAD + "\r\nPID|1")).isEqualTo(HEAD + "\rPID|1\r");
    }

    @Test
    void aMessageWithoutControlIdGetsOne() throws UnsendableException {
        for (String empty : List.of("", "  ", "\"\"")) {
            OutboundMessage message = of(HEAD.replace("C7", empty) + "\rPID|1\r", false);
            assertThat(message.controlId()).isEqualTo("OWN");
            assertThat(new String(message.bytes(), StandardCharsets.ISO_8859_1))
                    .isEqualTo(HEAD.replace("C7", "OWN") + "\rPID|1\r");
        }
        assertThat(sent("MSH|^~\\&|L\r")).isEqualTo("MSH|^~\\&|L|||||||OWN\r");
        assertThat(sent("MSH#*~\\&#L\rPID#1\r")).isEqualTo("MSH#*~\\&#L#######OWN\rPID#1\r");
    }

    @Test
    void aMessageThatWantsNoAnswerOnSuccessAsksForOne() throws UnsendableException {
        assertThat(sent(HEAD + "|||NE|NE\r")).isEqualTo(HEAD + "|||AL|NE\r");
        assertThat(sent(HEAD + "|||ER|\r")).isEqualTo(HEAD + "|||AL|\r");
        for (String asks : List.of("|||AL|NE", "|||NE|AL", "|||SU|NE", "||||", "")) {
            assertThat(sent(HEAD + asks + "\r")).isEqualTo(HEAD + asks + "\r");
        }
    }

    @Test
    void ourOwnTextIsWrittenInTheCharsetOfItsHeader() throws UnsendableException {
        String latin = HEAD + "||||||8859/1\rPID|1||7||M\u00fcller\r";
        assertThat(of(latin, true).bytes()).isEqualTo(latin.getBytes(StandardCharsets.ISO_8859_1));
        String chinese = HEAD + "||||||GB 18030-2000\rPID|1||7||\u674e\r";
        assertThat(of(chinese, true).bytes()).isEqualTo(chinese.getBytes(Charset.forName("GB18030")));
        String none = HEAD + "\rPID|1||7||M\u00fcller\r";
        assertThat(new String(of(none, true).bytes(), StandardCharsets.UTF_8))
                .isEqualTo(HEAD + "||||||UNICODE UTF-8\rPID|1||7||M\u00fcller\r");
        assertUnsendable(HEAD + "||||||ASCII\rPID|M\u00fcller\r", true, "MESSAGE_CHARSET");
        assertUnsendable(HEAD + "||||||8859/1\rPID|\u674e\r", true, "MESSAGE_CHARSET");
        assertUnsendable(HEAD + "||||||UNICODE UTF-16\rPID|\r", true, "MESSAGE_CHARSET");
    }

    @Test
    void whatCannotBeFramedOrReadIsNotSent() {
        assertUnsendable(HEAD + "\rNTE|1||a\u001cb\r", false, "MESSAGE_HAS_BLOCK_CHARACTERS");
        assertUnsendable(HEAD + "\rNTE|1||a\u000bb\r", false, "MESSAGE_HAS_BLOCK_CHARACTERS");
        assertUnsendable("{\"a\":1}", true, "MESSAGE_NOT_HL7");
        assertUnsendable("", true, "MESSAGE_NOT_HL7");
        assertUnsendable("MSH\r", false, "MESSAGE_HEADER_INVALID");
        assertUnsendable("MSH|\rPID|1\r", false, "MESSAGE_HEADER_INVALID");
        assertUnsendable(HEAD + "\nNTE|1||first line\nsecond line\n", false, "MESSAGE_SEGMENT_INVALID");
        assertUnsendable(HEAD + "\rPID^1\r", false, "MESSAGE_SEGMENT_INVALID");
        assertUnsendable(HEAD + "\r" + HEAD + "\r", false, "MESSAGE_SEGMENT_INVALID");
    }
}
