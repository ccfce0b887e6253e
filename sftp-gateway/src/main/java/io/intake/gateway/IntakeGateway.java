package io.intake.gateway;

import io.intake.bucket.Naming;
import io.intake.config.Configuration;
import io.intake.config.Partner;
import io.intake.config.Quota;
import io.intake.gateway.access.ConnectionGate;
import io.intake.gateway.access.LoginThrottle;
import io.intake.gateway.access.PasswordPool;
import io.intake.gateway.audit.AuditLog;
import io.intake.gateway.audit.NameHash;
import io.intake.gateway.files.OpenReads;
import io.intake.gateway.files.ReadMemory;
import io.intake.gateway.metrics.GatewayMetrics;
import io.intake.gateway.quota.Delay;
import io.intake.gateway.quota.Quotas;
import io.intake.gateway.sftp.ChannelWindows;
import io.intake.gateway.sftp.Inboxes;
import io.intake.gateway.sftp.OpenCount;
import io.intake.gateway.sftp.OwnSftpSubsystemFactory;
import io.intake.gateway.sftp.SessionState;
import io.intake.gateway.sftp.SftpServices;
import io.intake.gateway.upload.IdleUploads;
import io.intake.gateway.upload.MemoryBudget;
import io.intake.gateway.upload.PartSchedule;
import io.intake.gateway.upload.Partials;
import io.intake.gateway.upload.Pause;
import io.intake.gateway.upload.UploadServices;
import io.intake.store.ObjectStore;
import java.io.IOException;
import java.security.KeyPair;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.sshd.common.session.helpers.AbstractSession;
import org.apache.sshd.server.session.ServerSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The gateway: an SSH server whose files are objects. Thread-safe; started once and stopped once. Does not close the store.
 */
public final class IntakeGateway implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(IntakeGateway.class);

    /** How long the clean-up of lost sessions may take at the end. */
    private static final Duration CLEAN_UP = Duration.ofSeconds(20);

    /** Downloads that use a connection to the store at once: half of those that the store's client has by default. */
    private static final int OPEN_READS = 32;

    /** How often uploads that wait for memory are looked for. */
    private static final Duration RELIEF = Duration.ofMillis(250);
    /** How long a channel keeps the memory of requests that it has dealt with; half of that at least. */
    private static final Duration TRIMMING = Duration.ofMillis(500);
    /** How soon a stopping gateway notices that it shall hurry. */
    private static final Duration DRAIN_STEP = Duration.ofMillis(100);

    private final GatewayConfig config;
    private final DrainableServer server;
    private final MemoryBudget budget;
    private final IdleUploads idle;
    private final ExecutorService parts = Executors.newVirtualThreadPerTaskExecutor();
    private final OpenReads reads;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor(task -> {
        return Thread.ofPlatform().daemon().name("upload-memory").unstarted(task);
    });
    private final Inboxes inboxes = new Inboxes();
    private final OpenCount openUploads = new OpenCount();
    private final OpenCount channels = new OpenCount();
    private final List<KeyPair> hostKeys;
    private final ConnectionGate gate;
    private final PasswordPool passwords;
    private final PartnerAuthenticator authenticator;
    private volatile boolean hurried;

    /**
     * A gateway whose audit lines go to the logger {@link AuditLog#LOGGER}, and whose metrics nobody reads.
     *
     * @param naming must know the configuration's temporary names
     * @param partners gives the configuration in force; asked at each login
     * @param ids gives random ids, for uploads and sessions
     * @throws GatewayConfigException if the host keys or a partner's keys cannot be used
     */
    public IntakeGateway(
            GatewayConfig config,
            ObjectStore store,
            Naming naming,
            Supplier<Configuration> partners,
            InstantSource clock,
            Supplier<String> ids) {
        this(
                config,
                store,
                naming,
                partners,
                clock,
                ids,
                AuditLog.toLogger(new NameHash(config.auditKey()), clock),
                new GatewayMetrics());
    }

    /** The same, with an audit log and metrics of the caller's, which the caller closes. */
    public IntakeGateway(
            GatewayConfig config,
            ObjectStore store,
            Naming naming,
            Supplier<Configuration> partners,
            InstantSource clock,
            Supplier<String> ids,
            AuditLog audit,
            GatewayMetrics metrics) {
        this.config = config;
        hostKeys = HostKeys.load(config.hostKeys());
        LoginThrottle throttle = new LoginThrottle(clock);
        gate = new ConnectionGate(config.connections(), throttle);
        passwords = new PasswordPool(config.connections().strangers());
        OlderAlgorithms older = new OlderAlgorithms(config.algorithms() == GatewayConfig.Algorithms.OLDER, partners);
        authenticator = new PartnerAuthenticator(partners, clock, throttle, passwords, older, metrics);
        List<String> problems = authenticator.keys().problems();
        if (!problems.isEmpty()) {
            throw new GatewayConfigException(problems);
        }
        budget = new MemoryBudget(config.uploadMemory(), config.uploads().partnerPercent());
        idle = new IdleUploads(config.uploads().idle(), clock, parts);
        reads = new OpenReads(OPEN_READS, new ReadMemory(config.uploadMemory() / 8, System::nanoTime), parts);
        PartSchedule schedule = PartSchedule.forMemory(config.uploadMemory());
        Pause pause = Pause.sleeping();
        Partials partials = new Partials(store, pause, ids);
        UploadServices uploads = new UploadServices(store, partials, budget, schedule, parts, pause, ids, clock);
        Quotas quotas = new Quotas(
                store,
                naming,
                partner -> authenticator.partner(partner).map(Partner::quota).orElse(Quota.DEFAULT),
                clock,
                Delay.real(),
                parts);
        ChannelWindows windows =
                new ChannelWindows(config.uploadMemory() / 2, config.limits().windowBytes());
        SftpServices services = new SftpServices(
                uploads, idle, quotas, reads, naming, audit, metrics, clock, windows, inboxes, openUploads, channels);
        server = SshServers.create(config, authenticator, gate, hostKeys, metrics);
        server.setChannelFactories(WindowedChannels.all(server.getChannelFactories(), windows));
        server.setSubsystemFactories(List.of(new OwnSftpSubsystemFactory(services)));
        server.addSessionListener(older);
        server.addSessionListener(new AuditingSessionListener(audit, metrics, ids, clock, authenticator));
        Gauges.register(metrics, gate, budget, openUploads);
    }

    /** Starts to accept. */
    public void start() throws IOException {
        server.start();
        every(RELIEF, this::relieve);
        every(TRIMMING, inboxes::trim);
        new SilentClients(server::openSessions).watch(timer, config.limits().idle());
        LOG.info("sftp gateway ready: host={} port={} host_key={}", config.host(), port(), hostKeyFingerprint());
    }

    private void every(Duration pause, Runnable task) {
        ScheduledFuture<?> ignored =
                timer.scheduleWithFixedDelay(task, pause.toMillis(), pause.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void relieve() {
        try {
            idle.relieve();
        } catch (RuntimeException e) {
            LOG.error(
                    "idle uploads not put aside: cause={}", e.getClass().getSimpleName()); // the next round tries again
        }
    }

    /** The port it listens on, once started. */
    public int port() {
        return server.getPort();
    }

    /** The first host key's fingerprint as OpenSSH shows it. */
    public String hostKeyFingerprint() {
        return HostKeys.fingerprint(hostKeys.getFirst());
    }

    /** Memory that uploads hold now, in bytes. */
    public long uploadMemoryInUse() {
        return budget.used();
    }

    /** Uploads that are put aside in the store now, to free their memory, while their sessions go on. */
    public int restingUploads() {
        return idle.resting();
    }

    /** Requests of downloads to the store that are open now. */
    public int openReads() {
        return reads.count();
    }

    /** Memory that downloads hold now, in bytes. */
    public long downloadMemoryInUse() {
        return reads.memoryInUse();
    }

    /** Files that clients are writing now. */
    public int openUploads() {
        return openUploads.count();
    }

    PartnerAuthenticator authenticator() {
        return authenticator;
    }

    /** Connections there are now, logged in or not. */
    public int sessions() {
        return gate.sessions();
    }

    /**
     * Makes the configuration in force count for sessions that are open: ends those of partners that are gone, disabled,
     * expired, or come from where they may not any more, and those whose key or password was taken away; the others may do
     * what their partner may do now. To be called after a reload, and now and then, because partners expire without one.
     */
    public void applyToSessions() {
        for (AbstractSession session : server.openSessions()) {
            SessionState state = session.getAttribute(SessionState.KEY);
            if (state == null || !state.isAuthenticated() || !(session instanceof ServerSession open)) {
                continue;
            }
            String name = state.identity().partner();
            Optional<Partner> partner = authenticator.partner(name);
            if (partner.isPresent() && authenticator.isStillWelcome(open, name)) {
                state.permit(partner.get().permissions());
            } else {
                LOG.info(
                        "session ended, its partner may not come in any more: partner={} session={}",
                        name,
                        state.identity().session());
                state.totals().ending("withdrawn");
                session.close(true);
            }
        }
    }

    /** Whether clients can connect. */
    public boolean isListening() {
        return server.isListening();
    }

    /** A stop that is under way, or still to come, does not wait for uploads any more: they are parked at once. */
    public void hurry() {
        hurried = true;
    }

    /** Stops to accept, waits for uploads as the configuration says, then ends all sessions. */
    @Override
    public void close() {
        stop(config.drain());
    }

    /**
     * Stops to accept, waits for uploads to end, then ends all sessions; unfinished uploads are parked.
     *
     * @param drain how long to wait for uploads
     */
    public void stop(Duration drain) {
        server.stopAccepting();
        try {
            if (!awaitUploads(drain)) {
                LOG.warn("sftp gateway stops with unfinished uploads: count={}", openUploads.count());
            }
            for (AbstractSession session : server.openSessions()) {
                SessionState state = session.getAttribute(SessionState.KEY);
                if (state != null) {
                    state.totals().ending("stopping");
                }
            }
            server.stop(true);
            if (!channels.awaitNone(CLEAN_UP)) {
                LOG.warn("sftp gateway stops before all channels were cleaned up: count={}", channels.count());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.warn("sftp gateway did not stop cleanly: cause={}", e.getClass().getSimpleName());
        } finally {
            timer.shutdown();
            parts.shutdown();
            passwords.close();
        }
    }

    private boolean awaitUploads(Duration drain) throws InterruptedException {
        Duration left = drain;
        while (!hurried && left.isPositive()) {
            Duration step = left.compareTo(DRAIN_STEP) < 0 ? left : DRAIN_STEP;
            if (openUploads.awaitNone(step)) {
                return true;
            }
            left = left.minus(step);
        }
        return openUploads.count() == 0;
    }
}
