package io.intake.processors;

import io.intake.iam.DeployedRoles;
import io.intake.store.ObjectContent;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import io.intake.store.TransientStoreException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The bucket as one sandbox sees it: every call is a place to be killed or overtaken, and may go wrong in each of S3's ways. */
final class SimulatedStore {
    private final Simulation simulation;
    private final SimulatedSandbox sandbox;

    SimulatedStore(Simulation simulation, SimulatedSandbox sandbox) {
        this.simulation = simulation;
        this.sandbox = sandbox;
    }

    ObjectStore proxy() {
        return (ObjectStore) Proxy.newProxyInstance(
                ObjectStore.class.getClassLoader(),
                new Class<?>[] {ObjectStore.class},
                (proxy, method, given) -> call(method, given == null ? new Object[0] : given));
    }

    private @Nullable Object call(Method method, Object[] arguments) throws Throwable {
        if (method.getName().equals("close") || method.getDeclaringClass() == Object.class) {
            return method.invoke(simulation.bucket(), arguments);
        }
        SimulatedRun run = sandbox.run();
        DeployedRoles.ofThisProject().check(run.event().function(), method.getName(), arguments);
        run.point();
        RandomGenerator random = simulation.random();
        return switch (simulation.faults().ofStore(random, simulation.clock().elapsed())) {
            case NONE -> content(invoke(run, method, arguments));
            case BEFORE -> throw passing(method, "503 Slow Down");
            case AFTER -> {
                invoke(run, method, arguments);
                throw passing(method, "connection reset");
            }
            case SLOW -> {
                run.sleep(seconds(1, 40));
                yield content(invoke(run, method, arguments));
            }
            case NEVER_BEFORE -> {
                wait(run);
                throw passing(method, "timed out");
            }
            case NEVER_AFTER -> {
                invoke(run, method, arguments);
                wait(run);
                throw passing(method, "timed out");
            }
            case LATE -> {
                simulation.later(seconds(1, 90), () -> {
                    try {
                        invoke(run, method, arguments);
                    } catch (Throwable nobodyWaits) {
                        // the answer goes nowhere
                    }
                });
                wait(run);
                throw passing(method, "timed out");
            }
        };
    }

    private void wait(SimulatedRun run) {
        if (simulation.random().nextBoolean()) {
            run.sleep(seconds(1, 60));
        } else {
            run.hang(seconds(1, 200));
        }
    }

    private Duration seconds(int from, int to) {
        return Duration.ofSeconds(simulation.random().nextInt(from, to));
    }

    private static TransientStoreException passing(Method method, String what) {
        return new TransientStoreException(method.getName(), "simulated", what, null);
    }

    private Object invoke(SimulatedRun run, Method method, Object[] arguments) throws Throwable {
        try {
            Object result = method.invoke(simulation.bucket(), arguments);
            simulation.happened(run, method.getName(), arguments, result);
            return result;
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }

    private @Nullable Object content(@Nullable Object result) {
        if (result instanceof ObjectContent whole
                && simulation
                        .faults()
                        .cutsStream(simulation.random(), simulation.clock().elapsed())) {
            return new Cut(
                    whole.info(),
                    new CutStream(whole.stream(), simulation.random().nextInt(1, 600)));
        }
        return result;
    }

    private record Cut(ObjectInfo info, InputStream stream) implements ObjectContent {
        @Override
        public void close() {}
    }

    /** A connection that is lost after some bytes. */
    private static final class CutStream extends FilterInputStream {
        private int left;

        CutStream(InputStream whole, int left) {
            super(whole);
            this.left = left;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (left == 0) {
                throw new IOException("connection lost");
            }
            int count = super.read(target, offset, Math.min(length, left));
            left -= Math.max(0, count);
            return count;
        }
    }
}
