package io.intake.gateway.sftp;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * How much clients may send ahead of what has been dealt with: a full window each while there are few channels, less the
 * more there are, so that all of them together stay within a bound. Thread-safe.
 *
 * <p>A window that was given cannot be taken back, but what a client uses up of it need not be given again.
 */
public final class ChannelWindows {
    /** Below this a client could not send a packet of the largest size, and would wait for ever. */
    static final int LEAST = Inbox.MAX_PACKET_BYTES + (32 << 10);

    private final long total;
    private final int most;
    private final AtomicInteger channels = new AtomicInteger();

    /**
     * No channel is open.
     *
     * @param total of all channels together, in bytes, as long as each can have the least
     * @param most for one channel, in bytes
     */
    public ChannelWindows(long total, int most) {
        if (most < LEAST) {
            throw new IllegalArgumentException("a window holds a packet at least: " + most);
        }
        this.total = total;
        this.most = most;
    }

    /** Counts a channel more; returns its window in bytes. */
    public int open() {
        return share(channels.incrementAndGet());
    }

    /** Counts a channel less. */
    public void close() {
        channels.decrementAndGet();
    }

    /** What each channel should have now, in bytes. */
    int share() {
        return share(channels.get());
    }

    private int share(int count) {
        return Math.clamp(total / Math.max(1, count), LEAST, most);
    }

    /** The bytes to give back to the client of one channel. */
    Returns returns(int window) {
        return new Returns(window);
    }

    /** What one channel's client is given back, and what is withheld. Thread-safe. */
    final class Returns {
        private final int window;
        private int withheld;

        private Returns(int window) {
            this.window = window;
        }

        /**
         * Decides what to give back.
         *
         * @param freed bytes that were dealt with
         * @return bytes to give back now: fewer while there are many channels, more once they are gone
         */
        synchronized int of(int freed) {
            int target = Math.max(0, window - share());
            int change = Math.min(target - withheld, freed);
            withheld += change;
            return freed - change;
        }
    }
}
