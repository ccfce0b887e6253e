package io.intake.processors.unzip.inflate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.processors.unzip.inflate.DeflateException.Fault;
import io.intake.processors.unzip.inflate.Streams.Outcome;
import org.junit.jupiter.api.Test;

/** A decoder that is laxer than zlib gives bytes that the sender never packed; a stricter one refuses good files. */
class InflaterFaultsTest {

    private static void assertFault(BitWriter bits, Fault fault) {
        byte[] stream = bits.number(0, 80).bytes();
        assertThat(Streams.own(stream).fault()).isEqualTo(fault);
        assertThat(Streams.jdk(stream).fault()).as("zlib refuses it too").isNotNull();
    }

    private static void assertGives(BitWriter bits, int... expected) {
        byte[] stream = bits.bytes();
        for (Outcome outcome : new Outcome[] {Streams.own(stream), Streams.jdk(stream)}) {
            assertThat(outcome.finished()).isTrue();
            assertThat(outcome.bytes()).hasSize(expected.length);
            for (int i = 0; i < expected.length; i++) {
                assertThat(outcome.bytes()[i]).isEqualTo((byte) expected[i]);
            }
            assertThat(outcome.consumed()).isEqualTo(stream.length);
        }
    }

    private static BitWriter fixed() {
        return new BitWriter().number(1, 1).number(1, 2);
    }

    /** Two literals' codes: 'a' is 0 and the end is 1, of one bit each. */
    private static int[] oneLiteral() {
        int[] lengths = new int[257];
        lengths['a'] = 1;
        lengths[256] = 1;
        return lengths;
    }

    /** 'a' is 0, the end 10, a match of three 11. */
    private static int[] literalAndMatch() {
        int[] lengths = new int[258];
        lengths['a'] = 1;
        lengths[256] = 2;
        lengths[257] = 2;
        return lengths;
    }

    @Test
    void theReservedBlockTypeIsRefused() {
        assertFault(new BitWriter().number(1, 1).number(3, 2), Fault.BLOCK_TYPE);
    }

    @Test
    void aStoredLengthWithoutItsComplementIsRefused() {
        assertFault(new BitWriter().number(1, 1).number(0, 7).number(5, 16).number(5, 16), Fault.STORED_LENGTH);
    }

    @Test
    void moreCodesThanThereAreSymbolsAreRefused() {
        assertFault(new BitWriter().dynamic(287, 1, 19), Fault.TOO_MANY_CODES);
        assertFault(new BitWriter().dynamic(257, 31, 19), Fault.TOO_MANY_CODES);
    }

    @Test
    void aCodeLengthCodeThatIsNoneIsRefused() {
        BitWriter over = new BitWriter()
                .dynamic(257, 1, 4)
                .number(1, 3)
                .number(1, 3)
                .number(1, 3)
                .number(0, 3);
        assertFault(over, Fault.CODE_LENGTH_CODE);
        BitWriter incomplete = new BitWriter().dynamic(257, 1, 4).number(1, 3).number(0, 9);
        assertFault(incomplete, Fault.CODE_LENGTH_CODE);
    }

    @Test
    void aRepetitionOfNothingOrBeyondTheEndIsRefused() {
        BitWriter ofNothing =
                new BitWriter().dynamic(257, 1, 4).number(1, 3).number(1, 3).number(0, 6);
        assertFault(ofNothing.code(0, 1).number(0, 2), Fault.REPEAT);
        BitWriter beyond =
                new BitWriter().dynamic(257, 1, 4).number(0, 6).number(1, 3).number(1, 3);
        assertFault(beyond.code(1, 1).number(127, 7).code(1, 1).number(127, 7), Fault.REPEAT);
    }

    @Test
    void aBlockWithoutAnEndIsRefused() {
        int[] literals = new int[257];
        literals[0] = 1;
        literals[1] = 1;
        assertFault(new BitWriter().lengths(literals, new int[] {1}), Fault.NO_END_OF_BLOCK);
    }

    @Test
    void overSubscribedCodesAreRefused() {
        int[] literals = oneLiteral();
        literals['b'] = 1;
        assertFault(new BitWriter().lengths(literals, new int[] {1}), Fault.LITERAL_CODE);
        assertFault(new BitWriter().lengths(oneLiteral(), new int[] {1, 1, 1}), Fault.DISTANCE_CODE);
    }

    @Test
    void incompleteCodesAreRefusedUnlessOfALoneBit() {
        int[] literals = oneLiteral();
        literals['a'] = 2;
        assertFault(new BitWriter().lengths(literals, new int[] {1}), Fault.LITERAL_CODE);
        assertFault(new BitWriter().lengths(oneLiteral(), new int[] {2}), Fault.DISTANCE_CODE);
        assertFault(new BitWriter().lengths(oneLiteral(), new int[] {2, 2}), Fault.DISTANCE_CODE);
        assertGives(
                new BitWriter()
                        .lengths(literalAndMatch(), new int[] {1})
                        .number(0, 1)
                        .code(3, 2)
                        .code(0, 1)
                        .code(2, 2),
                97,
                97,
                97,
                97);
    }

    @Test
    void aBlockThatIsOnlyItsEndNeedsNoOtherCode() {
        int[] literals = new int[257];
        literals[256] = 1;
        assertGives(new BitWriter().lengths(literals, new int[] {0}).number(0, 1));
        assertFault(new BitWriter().lengths(literals, new int[] {0}).number(1, 1), Fault.INVALID_CODE);
    }

    @Test
    void aBlockWithoutDistancesMayHaveLiteralsOnly() {
        assertGives(
                new BitWriter()
                        .lengths(literalAndMatch(), new int[] {0})
                        .number(0, 1)
                        .code(2, 2),
                97);
        assertFault(
                new BitWriter()
                        .lengths(literalAndMatch(), new int[] {0})
                        .number(0, 1)
                        .code(3, 2),
                Fault.INVALID_CODE);
    }

    @Test
    void theOtherBitOfALoneCodeIsRefused() {
        assertFault(
                new BitWriter()
                        .lengths(literalAndMatch(), new int[] {1})
                        .number(0, 1)
                        .code(3, 2)
                        .number(1, 1),
                Fault.INVALID_CODE);
    }

    @Test
    void reservedSymbolsOfTheFixedCodeAreRefused() {
        assertFault(fixed().code(0xC6, 8), Fault.INVALID_CODE);
        assertFault(fixed().code(0xC7, 8), Fault.INVALID_CODE);
        assertFault(fixed().code(0x91, 8).code(1, 7).code(30, 5), Fault.INVALID_CODE);
        assertFault(fixed().code(0x91, 8).code(1, 7).code(31, 5), Fault.INVALID_CODE);
    }

    @Test
    void aDistanceBeforeTheBeginningIsRefused() {
        assertFault(fixed().code(0x91, 8).code(1, 7).code(1, 5), Fault.DISTANCE_TOO_FAR);
        assertGives(fixed().code(0x91, 8).code(1, 7).code(0, 5).code(0, 7), 97, 97, 97, 97);
    }

    @Test
    void afterAFaultNothingGoesOn() {
        ResumableInflater inflater = new ResumableInflater();
        inflater.input(new byte[] {7}, 0, 1);
        byte[] target = new byte[10];
        assertThatThrownBy(() -> inflater.inflate(target, 0, 10)).isInstanceOf(DeflateException.class);
        assertThatThrownBy(() -> inflater.inflate(target, 0, 10)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(inflater::save).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void inputIsGivenOnlyWhenTheLastIsUsedUp() {
        ResumableInflater inflater = new ResumableInflater();
        inflater.input(new byte[20], 0, 20);
        assertThatThrownBy(() -> inflater.input(new byte[1], 0, 1)).isInstanceOf(IllegalStateException.class);
    }
}
