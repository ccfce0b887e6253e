package io.intake.gateway;

import io.intake.bucket.Naming;
import io.intake.bucket.UploadIds;
import io.intake.gateway.audit.AuditLog;
import io.intake.gateway.audit.NameHash;
import io.intake.gateway.management.ManagementAddress;
import io.intake.gateway.management.ManagementServer;
import io.intake.gateway.management.Readiness;
import io.intake.gateway.management.StoreHealth;
import io.intake.gateway.management.StoreProbe;
import io.intake.gateway.metrics.CloudWatchLines;
import io.intake.gateway.metrics.CloudWatchSetting;
import io.intake.gateway.metrics.GatewayMetrics;
import io.intake.gateway.metrics.MeteredObjectStore;
import io.intake.store.ObjectStore;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A gateway with all that belongs to its process: the store and the watch over it, partners.yml and its reloads, metrics, the
 * management port, and the end in good order. Thread-safe.
 */
final class GatewayProcess {
    private static final Logger LOG = LoggerFactory.getLogger(GatewayProcess.class);
    /** The logger of lines that CloudWatch makes metrics of. */
    private static final String LINES = "io.intake.metrics";

    private static final Duration RELOAD_INTERVAL = Duration.ofSeconds(15);

    /** How many reloads apart unfinished uploads are counted: every ten minutes, the first time soon. */
    private static final int UNFINISHED_ROUNDS = 40;

    /** Of a process that was told three times to end. */
    private static final int KILLED = 1;

    private final GatewayMetrics metrics = new GatewayMetrics();
    private final StoreHealth health = new StoreHealth();
    private final Readiness readiness = new Readiness(health::answers);
    private final UnfinishedGauges unfinished = new UnfinishedGauges(metrics);
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("metric-lines").daemon().factory());
    private final AtomicInteger signals = new AtomicInteger();
    private final ObjectStore store;
    private final IntConsumer exit;
    private final ManagementServer management;
    private @Nullable StoreProbe probe;
    private volatile @Nullable IntakeGateway gateway;

    /**
     * A process whose management port answers and says that it is not ready.
     *
     * @param exit ends the JVM with a status
     * @throws IOException if the management port is taken
     */
    GatewayProcess(ObjectStore store, ManagementAddress address, IntConsumer exit) throws IOException {
        this.store = new MeteredObjectStore(store, metrics, () -> health.answered(System.nanoTime()));
        this.exit = exit;
        metrics.gauge(
                "intake.gateway.ready",
                null,
                "1 if new connections should come here",
                () -> readiness.reasons().isEmpty() ? 1 : 0);
        management = ManagementServer.start(address, metrics::scrape, this::isLive, readiness);
    }

    /**
     * Reads partners.yml and begins to serve.
     *
     * @throws io.intake.config.ConfigurationException with every mistake in partners.yml
     * @throws IOException if the port is taken
     */
    void start(GatewayConfig config, Naming naming, Optional<CloudWatchSetting> cloudWatch) throws IOException {
        LiveConfiguration partners = LiveConfiguration.load(config.partners(), store, metrics);
        readiness.configured();
        probe = StoreProbe.start(store, health);
        InstantSource clock = InstantSource.system();
        IntakeGateway started = new IntakeGateway(
                config,
                store,
                naming,
                partners,
                clock,
                () -> UploadIds.of(clock.instant(), UUID.randomUUID()),
                AuditLog.toLogger(new NameHash(config.auditKey()), clock),
                metrics);
        started.start();
        gateway = started;
        readiness.listening();
        cloudWatch.ifPresent(setting -> writeLines(setting, config.connections().sessions()));
        // not a daemon: it keeps the process alive, since MINA's threads are daemons
        Thread.ofPlatform().name("partners-reload").start(() -> reload(partners, started));
    }

    private void writeLines(CloudWatchSetting setting, int sessions) {
        Logger metric = LoggerFactory.getLogger(LINES);
        CloudWatchLines lines =
                new CloudWatchLines(metrics, setting.stage(), sessions, InstantSource.system(), metric::info);
        ScheduledFuture<?> ignored =
                timer.scheduleWithFixedDelay(lines::write, 0, setting.interval().toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The management port's address, {@code host:port}. */
    String managementAddress() {
        return management.address();
    }

    /** Whether to keep the process: it listens, or has not begun to, or is about to end. */
    private boolean isLive() {
        IntakeGateway running = gateway;
        return running == null || signals.get() > 0 || running.isListening();
    }

    private void reload(LiveConfiguration partners, IntakeGateway running) {
        for (int round = 0; signals.get() == 0 && sleep(); round++) {
            try {
                partners.refresh();
                running.applyToSessions();
                if (round % UNFINISHED_ROUNDS == 0) {
                    unfinished.refresh(store);
                }
            } catch (RuntimeException e) {
                // the next round may fare better; without this thread removed partners would stay
                LOG.error("reload failed: cause={}", e.getClass().getSimpleName());
            }
        }
    }

    private static boolean sleep() {
        try {
            Thread.sleep(RELOAD_INTERVAL);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /**
     * SIGTERM or SIGINT came. The first begins a stop that lets uploads end within the drain time-out, the second makes it
     * park them at once, the third ends the process as it is.
     */
    void signalled() {
        switch (signals.incrementAndGet()) {
            case 1 ->
                Thread.ofPlatform().name("stop").start(() -> {
                    stop();
                    exit.accept(0);
                });
            case 2 -> {
                LOG.warn("told to stop again: uploads are parked at once");
                IntakeGateway running = gateway;
                if (running != null) {
                    running.hurry();
                }
            }
            default -> Runtime.getRuntime().halt(KILLED);
        }
    }

    /** Stops in good order; what clients have not closed is parked. */
    void stop() {
        readiness.draining();
        LOG.info("sftp gateway stops");
        IntakeGateway running = gateway;
        try {
            if (running != null) {
                running.close();
            }
        } catch (RuntimeException e) {
            LOG.error(
                    "sftp gateway did not stop cleanly: cause={}", e.getClass().getSimpleName());
        }
        close();
        LOG.info("sftp gateway stopped");
    }

    /** Lets go of everything but the gateway. */
    void close() {
        StoreProbe running = probe;
        if (running != null) {
            running.close();
        }
        management.close();
        timer.shutdownNow();
        store.close();
        metrics.close();
    }
}
