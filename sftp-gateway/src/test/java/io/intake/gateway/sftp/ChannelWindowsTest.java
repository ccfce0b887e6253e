package io.intake.gateway.sftp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A thousand clients that may each send two megabytes ahead can fill two gigabytes that nobody has counted. */
class ChannelWindowsTest {
    private static final int MOST = 2 << 20;
    private static final long TOTAL = 32L << 20;

    private final ChannelWindows windows = new ChannelWindows(TOTAL, MOST);

    @Test
    void fewHaveAFullWindowAndManyHaveLessButNeverLessThanAPacket() {
        int last = 0;
        for (int i = 0; i < 16; i++) {
            last = windows.open();
        }
        assertThat(last).isEqualTo(MOST);
        assertThat(windows.open()).isLessThan(MOST);
        for (int i = 0; i < 1_000; i++) {
            last = windows.open();
        }
        assertThat(last).isGreaterThan(Inbox.MAX_PACKET_BYTES + Integer.BYTES).isEqualTo(ChannelWindows.LEAST);
    }

    @Test
    void largeWindowsShrinkWhileTheyAreUsedAndGrowAgainOnceTheOthersAreGone() {
        int window = windows.open();
        ChannelWindows.Returns returns = windows.returns(window);
        assertThat(returns.of(1000)).isEqualTo(1000);
        for (int i = 0; i < 63; i++) {
            windows.open();
        }
        assertThat(returns.of(1_000_000)).isZero();
        assertThat(returns.of(1_000_000)).isEqualTo(2_000_000 - (MOST - (int) (TOTAL / 64)));
        assertThat(returns.of(1000)).isEqualTo(1000);
        for (int i = 0; i < 63; i++) {
            windows.close();
        }
        assertThat(returns.of(1000)).isEqualTo(1000 + MOST - (int) (TOTAL / 64));
    }

    @Test
    void noClientEverHasMoreThanItsWindowNorTooLittleForAPacket() {
        for (long seed = 0; seed < 100; seed++) {
            Random random = new Random(seed * 0x9E3779B97F4A7C15L);
            ChannelWindows shared = new ChannelWindows(TOTAL, MOST);
            List<ChannelWindows.Returns> all = new ArrayList<>();
            int window = shared.open();
            ChannelWindows.Returns returns = shared.returns(window);
            int client = window; // what the client may still send
            int pending = 0; // what it sent and we have not dealt with
            for (int i = 0; i < 2_000; i++) {
                switch (random.nextInt(4)) {
                    case 0 -> all.add(shared.returns(shared.open()));
                    case 1 -> {
                        if (!all.isEmpty()) {
                            all.removeLast();
                            shared.close();
                        }
                    }
                    case 2 -> {
                        int sent = Math.min(client, 1 + random.nextInt(260_000));
                        client -= sent;
                        pending += sent;
                    }
                    default -> {
                        int freed = Math.min(pending, 1 + random.nextInt(260_000));
                        pending -= freed;
                        client += returns.of(freed);
                    }
                }
                assertThat(client + pending).as("seed %d", seed).isBetween(ChannelWindows.LEAST, window);
            }
        }
    }
}
