package io.intake.gateway.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** A count that drifts shuts every hospital out after a while, or lets one client take all places. */
class ConnectionGateTest {
    private static final List<InetAddress> ADDRESSES = List.of(
            InetAddress.ofLiteral("198.51.100.7"),
            InetAddress.ofLiteral("198.51.100.8"),
            InetAddress.ofLiteral("2001:db8::1"));

    private static final class Taken {
        private final ConnectionGate.Place place;
        private final int address;
        private boolean stranger = true;

        private Taken(ConnectionGate.Place place, int address) {
            this.place = place;
            this.address = address;
        }
    }

    @Test
    void whoIsLetInIsWhatSimpleCountingSays() {
        for (int round = 0; round < 300; round++) {
            long seed = 8_800_000L + round;
            Random random = new Random(seed);
            ConnectionLimits limits = new ConnectionLimits(
                    1 + random.nextInt(12),
                    1 + random.nextInt(8),
                    1 + random.nextInt(6),
                    1 + random.nextInt(4),
                    List.of());
            ConnectionGate gate = new ConnectionGate(limits, new LoginThrottle(() -> Instant.EPOCH));
            List<Taken> open = new ArrayList<>();
            for (int step = 0; step < 200; step++) {
                step(gate, limits, open, random, seed);
                assertThat(gate.sessions()).as("seed %d", seed).isEqualTo(open.size());
                assertThat(gate.strangers()).as("seed %d", seed).isEqualTo((int)
                        open.stream().filter(taken -> taken.stranger).count());
            }
            open.forEach(taken -> taken.place.release());
            assertThat(gate.sessions() + gate.strangers() + gate.addresses())
                    .as("seed %d", seed)
                    .isZero();
        }
    }

    private static void step(ConnectionGate gate, ConnectionLimits limits, List<Taken> open, Random random, long seed) {
        int action = random.nextInt(4);
        if (action < 2) {
            int address = random.nextInt(ADDRESSES.size());
            boolean room = open.size() < limits.sessions()
                    && open.stream().filter(taken -> taken.stranger).count() < limits.strangers()
                    && open.stream().filter(taken -> taken.address == address).count() < limits.sessionsPerAddress()
                    && open.stream()
                                    .filter(taken -> taken.address == address && taken.stranger)
                                    .count()
                            < limits.strangersPerAddress();
            Optional<ConnectionGate.Place> place = Optional.empty();
            if (random.nextBoolean()) {
                place = gate.admit(ADDRESSES.get(address));
            } else {
                Optional<ConnectionGate.Place> proxied = gate.admitProxy();
                if (proxied.isPresent() && proxied.get().comesFrom(ADDRESSES.get(address))) {
                    place = proxied;
                } else {
                    proxied.ifPresent(ConnectionGate.Place::release);
                }
            }
            assertThat(place.isPresent()).as("seed %d", seed).isEqualTo(room);
            place.ifPresent(taken -> open.add(new Taken(taken, address)));
        } else if (!open.isEmpty()) {
            Taken taken = open.get(random.nextInt(open.size()));
            if (action == 2) {
                taken.place.loggedIn();
                taken.stranger = false;
            } else {
                taken.place.release();
                taken.place.release();
                taken.place.loggedIn();
                open.remove(taken);
            }
        }
    }

    @Test
    void aBarredAddressDoesNotGetInAlsoThroughAProxy() {
        LoginThrottle throttle = new LoginThrottle(() -> Instant.EPOCH);
        ConnectionGate gate = new ConnectionGate(ConnectionLimits.DEFAULT, throttle);
        for (int time = 0; time <= LoginThrottle.FREE; time++) {
            throttle.failed(ADDRESSES.getFirst());
        }
        assertThat(gate.admit(ADDRESSES.getFirst())).isEmpty();
        assertThat(gate.admitProxy()).hasValueSatisfying(place -> {
            assertThat(place.comesFrom(ADDRESSES.getFirst())).isFalse();
            assertThat(place.comesFrom(ADDRESSES.get(1))).isTrue();
            assertThat(place.comesFrom(ADDRESSES.get(2))).isFalse();
        });
    }
}
