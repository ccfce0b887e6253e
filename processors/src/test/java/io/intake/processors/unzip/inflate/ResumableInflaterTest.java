package io.intake.processors.unzip.inflate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.processors.unzip.inflate.DeflateException.Fault;
import io.intake.processors.unzip.inflate.Streams.Outcome;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;

/** A byte that comes out wrong after a resume is a wrong value in somebody's record, found by a checksum at best. */
class ResumableInflaterTest {
    private static final List<Integer> STRATEGIES =
            List.of(Deflater.DEFAULT_STRATEGY, Deflater.FILTERED, Deflater.HUFFMAN_ONLY);

    private static void assertGives(Outcome outcome, byte[] stream, byte[] data, String about) {
        assertThat(outcome.fault()).as(about).isNull();
        assertThat(outcome.finished()).as(about).isTrue();
        assertThat(Arrays.equals(outcome.bytes(), data)).as(about).isTrue();
        assertThat(outcome.consumed()).as(about).isEqualTo(stream.length);
    }

    @Test
    void everyLevelAndStrategyOfEveryKindOfDataIsReadAsItWasWritten() {
        for (int seed = 0; seed < 400; seed++) {
            Random random = new Random(seed);
            byte[] data = Streams.data(random, random.nextInt(1 << random.nextInt(18)));
            int level = seed % 10;
            int strategy = STRATEGIES.get(random.nextInt(3));
            byte[] stream = Streams.deflate(data, level, strategy, random, random.nextBoolean());
            String about = "seed " + seed;
            assertGives(Streams.own(stream), stream, data, about);
            int maxInput = 1 << random.nextInt(16);
            int maxOutput = 1 << random.nextInt(16);
            assertGives(Streams.own(stream, maxInput, maxOutput, random, 0), stream, data, about + " in pieces");
            if (data.length / maxOutput < 3_000) {
                Outcome resumed = Streams.own(stream, maxInput, maxOutput, random, 30);
                assertGives(resumed, stream, data, about + " with resumes");
            }
        }
    }

    @Test
    void streamsOfSeveralMebibytesAreReadAsTheyWereWritten() {
        for (int seed = 0; seed < 10; seed++) {
            Random random = new Random(seed);
            byte[] data = Streams.data(random, (3 << 20) + random.nextInt(1 << 20));
            byte[] stream = Streams.deflate(data, seed, Deflater.DEFAULT_STRATEGY);
            assertGives(Streams.own(stream, 1 << 16, 1 << 16, random, 20), stream, data, "seed " + seed);
        }
    }

    @Test
    void nothingIsWrittenOutsideTheRoomWhereverAMatchMeetsItsEnd() throws DeflateException {
        for (int seed = 0; seed < 20; seed++) {
            Random random = new Random(seed);
            byte[] data = Streams.lines(random, 3_000);
            if (seed % 2 == 0) {
                // Matches of the greatest length
                for (int i = 8 + seed; i < data.length; i++) {
                    data[i] = data[i - 8 - seed];
                }
            }
            byte[] stream = Streams.deflate(data, 1 + seed % 9, Deflater.DEFAULT_STRATEGY);
            for (int room = 1; room < 700; room++) {
                byte[] target = new byte[room + 600];
                Arrays.fill(target, (byte) 0xA5);
                ResumableInflater inflater = new ResumableInflater();
                inflater.input(stream, 0, stream.length);
                int count = inflater.inflate(target, 300, room);
                String about = "seed " + seed + ", room " + room;
                assertThat(Arrays.equals(target, 300, 300 + count, data, 0, count))
                        .as(about)
                        .isTrue();
                for (int i = 0; i < 300; i++) {
                    assertThat(target[i] == (byte) 0xA5 && target[300 + room + i] == (byte) 0xA5)
                            .as(about)
                            .isTrue();
                }
            }
        }
    }

    @Test
    void aStreamSavedAtEveryByteOfOutputGoesOn() {
        for (int seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            byte[] data = Streams.data(random, random.nextInt(600));
            int strategy = STRATEGIES.get(seed % 3);
            byte[] stream = Streams.deflate(data, random.nextInt(10), strategy, random, seed % 2 == 0);
            assertGives(Streams.own(stream, 1, 1, random, 100), stream, data, "seed " + seed);
            assertGives(Streams.own(stream, 1 << 20, 1, random, 100), stream, data, "seed " + seed);
        }
    }

    @Test
    void everyTruncationOfAStreamAsksForMoreAndGivesNothingWrong() {
        for (int seed = 0; seed < 60; seed++) {
            Random random = new Random(seed);
            byte[] data = Streams.data(random, random.nextInt(500));
            byte[] stream = Streams.deflate(data, random.nextInt(10), STRATEGIES.get(seed % 3), random, seed % 2 == 0);
            for (int length = 0; length < stream.length; length++) {
                Outcome outcome = Streams.own(Arrays.copyOf(stream, length));
                String about = "seed " + seed + " cut at " + length;
                assertThat(outcome.finished()).as(about).isFalse();
                assertThat(outcome.fault()).as(about).isNull();
                assertThat(outcome.bytes()).as(about).isEqualTo(Arrays.copyOf(data, outcome.bytes().length));
                assertThat(outcome.bytes())
                        .as(about)
                        .isEqualTo(Streams.jdk(Arrays.copyOf(stream, length)).bytes());
            }
        }
    }

    @Test
    void whatFollowsTheStreamIsLeftAlone() {
        for (int seed = 0; seed < 100; seed++) {
            Random random = new Random(seed);
            byte[] data = Streams.data(random, random.nextInt(3_000));
            byte[] stream = Streams.deflate(data, random.nextInt(10), Deflater.DEFAULT_STRATEGY);
            byte[] longer = Arrays.copyOf(stream, stream.length + random.nextInt(40));
            for (int maxInput : new int[] {1, 5, 1 << 20}) {
                Outcome outcome = Streams.own(longer, maxInput, 1 << 16, random, 0);
                assertThat(outcome.consumed()).as("seed " + seed).isEqualTo(stream.length);
                assertThat(outcome.bytes()).as("seed " + seed).isEqualTo(data);
            }
        }
    }

    @Test
    void aMutatedStreamIsAcceptedExactlyWhereZlibAcceptsIt() {
        int accepted = 0;
        for (int seed = 0; seed < 30_000; seed++) {
            Random random = new Random(seed);
            byte[] data = Streams.data(random, random.nextInt(400) + 1);
            byte[] stream = Streams.deflate(data, random.nextInt(10), STRATEGIES.get(seed % 3), random, seed % 4 == 0);
            for (int i = random.nextInt(3); i >= 0; i--) {
                stream[random.nextInt(stream.length)] ^= (byte) (1 << random.nextInt(8));
            }
            accepted += assertAgrees(stream, random, "seed " + seed) ? 1 : 0;
        }
        assertThat(accepted).as("mutations that are streams").isBetween(100, 29_000);
    }

    @Test
    void randomBitsAreAcceptedExactlyWhereZlibAcceptsThem() {
        for (int seed = 0; seed < 30_000; seed++) {
            Random random = new Random(seed);
            byte[] stream = new byte[random.nextInt(200) + 1];
            random.nextBytes(stream);
            // all block types alike, and none of the fourth
            stream[0] = (byte) ((stream[0] & 0xF8) | (random.nextInt(3) << 1) | random.nextInt(2));
            assertAgrees(stream, random, "seed " + seed);
        }
    }

    private static boolean assertAgrees(byte[] stream, Random random, String about) {
        Outcome jdk = Streams.jdk(stream);
        List<Outcome> ours = List.of(Streams.own(stream), Streams.own(stream, 7, 1 + random.nextInt(300), random, 10));
        for (Outcome own : ours) {
            assertThat(own.finished()).as(about).isEqualTo(jdk.finished());
            if (own.fault() == Fault.CODE_LENGTH_CODE && jdk.fault() == null) {
                // a header without any code: zlib finds out only where it ends, which may be cut off
                assertThat(jdk.finished()).as(about).isFalse();
                continue;
            }
            assertThat(own.fault() != null).as(about).isEqualTo(jdk.fault() != null);
            if (jdk.fault() == null) {
                assertThat(own.bytes()).as(about).isEqualTo(jdk.bytes());
            }
            if (jdk.finished()) {
                assertThat(own.consumed()).as(about).isEqualTo(jdk.consumed());
            }
        }
        return jdk.finished();
    }

    @Test
    void savingDoesNotDisturbTheOneThatGoesOn() throws DeflateException {
        byte[] data = Streams.lines(new Random(1), 100_000);
        byte[] stream = Streams.deflate(data, 6, Deflater.DEFAULT_STRATEGY);
        ResumableInflater inflater = new ResumableInflater();
        inflater.input(stream, 0, stream.length);
        byte[] first = new byte[50_000];
        assertThat(inflater.inflate(first, 0, first.length)).isEqualTo(first.length);

        byte[] saved = inflater.save();
        byte[] rest = new byte[50_001];
        assertThat(inflater.inflate(rest, 0, rest.length)).isEqualTo(50_000);

        assertThat(inflater.finished()).isTrue();
        assertThat(Arrays.copyOf(rest, 50_000)).isEqualTo(Arrays.copyOfRange(data, 50_000, 100_000));
        assertThat(saved.length).isLessThan(33 << 10);
        assertThat(ResumableInflater.restore(saved).save()).isEqualTo(saved);
    }

    @Test
    void whatWasNotSavedByUsIsNotRestored() throws DeflateException {
        byte[] stream = Streams.deflate(Streams.lines(new Random(1), 5_000), 6, Deflater.DEFAULT_STRATEGY);
        ResumableInflater inflater = new ResumableInflater();
        inflater.input(stream, 0, stream.length);
        inflater.inflate(new byte[3_000], 0, 3_000);
        byte[] saved = inflater.save();
        for (int i = 0; i < saved.length; i++) {
            byte[] damaged = saved.clone();
            damaged[i] ^= 4;
            assertThatThrownBy(() -> ResumableInflater.restore(damaged)).isInstanceOf(IllegalArgumentException.class);
        }
        for (int length = 0; length < saved.length; length += 7) {
            byte[] cut = Arrays.copyOf(saved, length);
            assertThatThrownBy(() -> ResumableInflater.restore(cut)).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
