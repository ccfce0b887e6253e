package io.intake.processors.forward;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A record that is skipped while its batch is cut is lost; one that is sent in two parts comes twice. */
class SplitTest {

    /** An engine that refuses what holds a bad record; sometimes it takes only the first records of a part. */
    private static Split answer(Split split, BitSet bad, Random random, List<Integer> taken) {
        int firstBad = bad.nextSetBit(split.done());
        boolean refused = firstBad >= 0 && firstBad < split.end();
        if (refused && random.nextInt(4) == 0 && firstBad > split.done()) {
            int count = firstBad - split.done();
            for (int i = 0; i < count; i++) {
                taken.add(split.done() + i);
            }
            return split.taken(count).firstRefused("MSA_AE");
        }
        if (refused) {
            return split.refused("HTTP_422");
        }
        for (int i = split.done(); i < split.end(); i++) {
            taken.add(i);
        }
        return split.taken(split.size());
    }

    @Test
    void eachGoodRecordIsTakenOnceInOrderAndEachBadOneIsAlone() {
        for (int seed = 0; seed < 3_000; seed++) {
            Random random = new Random(seed);
            int records = 1 + random.nextInt(70);
            BitSet bad = new BitSet();
            for (int i = random.nextInt(4); i > 0; i--) {
                bad.set(random.nextInt(records));
            }
            List<Integer> taken = new ArrayList<>();
            Split split = Split.of(records);
            int sends = 0;
            while (!split.isOver()) {
                split = answer(split, bad, random, taken);
                sends++;
            }
            List<Integer> good = new ArrayList<>();
            List<Integer> refused = new ArrayList<>();
            for (int i = 0; i < records; i++) {
                (bad.get(i) ? refused : good).add(i);
            }
            assertThat(taken).as("seed %d", seed).isEqualTo(good);
            assertThat(split.refused().stream().map(Split.Refusal::index))
                    .as("seed %d", seed)
                    .isEqualTo(refused);
            int depth = 32 - Integer.numberOfLeadingZeros(records);
            assertThat(sends).as("seed %d", seed).isLessThanOrEqualTo(1 + 2 * (depth + 1) * bad.cardinality() + 2);
        }
    }

    @Test
    void oneBadRecordAmongFiveHundredIsFoundWithinTwiceTheLogarithm() {
        for (int bad = 0; bad < 500; bad += 7) {
            BitSet set = new BitSet();
            set.set(bad);
            Split split = Split.of(500);
            int sends = 0;
            while (!split.isOver()) {
                int first = set.nextSetBit(split.done());
                split = first >= 0 && first < split.end() ? split.refused("HTTP_422") : split.taken(split.size());
                sends++;
            }
            assertThat(sends).as("record %d", bad).isLessThanOrEqualTo(19);
        }
    }
}
