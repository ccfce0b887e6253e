package io.intake.gateway.access;

import io.intake.config.Network;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Slows down who tries many logins from one address: after {@value #FREE} failures each further one bars the address, first
 * for a second, then twice as long each time, for {@link #LONGEST} at most. It forgives: one failure every {@link #FORGIVEN},
 * all at a good login. Remembers {@value #REMEMBERED} addresses, and forgets the one that was quiet longest. Thread-safe.
 */
public final class LoginThrottle {
    /** Failures without consequence: a mistyped password, a wrong key in a new script. */
    static final int FREE = 5;

    /** The longest that an address is barred. */
    static final Duration LONGEST = Duration.ofMinutes(15);

    /** The time after which a failure is forgiven. */
    static final Duration FORGIVEN = Duration.ofMinutes(5);

    static final int REMEMBERED = 20_000;

    /** More would not bar for longer, and would take longer to be forgiven. */
    private static final int MOST = FREE + 12;

    private record History(int failures, Instant last, Instant barredUntil) {
        int failuresAt(Instant now) {
            long forgiven = Math.max(0, Duration.between(last, now).dividedBy(FORGIVEN));
            return (int) Math.max(0, failures - forgiven);
        }
    }

    private final InstantSource clock;
    private final Map<Network, History> histories = new LinkedHashMap<>();

    public LoginThrottle(InstantSource clock) {
        this.clock = clock;
    }

    /** Whether an address may not even connect now. */
    public synchronized boolean isBarred(InetAddress address) {
        History history = histories.get(Addresses.owner(address));
        return history != null && clock.instant().isBefore(history.barredUntil());
    }

    /**
     * A login failed.
     *
     * @return for how long the address is barred now; zero if it is not
     */
    public synchronized Duration failed(InetAddress address) {
        Instant now = clock.instant();
        Network owner = Addresses.owner(address);
        @Nullable History before = histories.remove(owner);
        int failures = Math.min(MOST, 1 + (before == null ? 0 : before.failuresAt(now)));
        Duration barred = barred(failures);
        // a failure that was still on its way must not shorten what is in force
        Instant until = before != null && before.barredUntil().isAfter(now.plus(barred))
                ? before.barredUntil()
                : now.plus(barred);
        histories.put(owner, new History(failures, now, until));
        if (histories.size() > REMEMBERED) {
            histories.remove(histories.keySet().iterator().next());
        }
        return barred;
    }

    private static Duration barred(int failures) {
        if (failures <= FREE) {
            return Duration.ZERO;
        }
        Duration doubled = Duration.ofSeconds(1L << (failures - FREE - 1));
        return doubled.compareTo(LONGEST) < 0 ? doubled : LONGEST;
    }

    /** A login succeeded: whatever failed before was a mistake. */
    public synchronized void succeeded(InetAddress address) {
        histories.remove(Addresses.owner(address));
    }

    synchronized int remembered() {
        return histories.size();
    }
}
