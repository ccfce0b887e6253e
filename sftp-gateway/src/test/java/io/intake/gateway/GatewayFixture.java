package io.intake.gateway;

import io.intake.bucket.Naming;
import io.intake.bucket.NaturalNaming;
import io.intake.config.Configuration;
import io.intake.config.Partner;
import io.intake.gateway.audit.AuditLog;
import io.intake.gateway.audit.NameHash;
import io.intake.gateway.metrics.GatewayMetrics;
import io.intake.gateway.metrics.MeteredObjectStore;
import io.intake.iam.DeployedRoles;
import io.intake.store.ObjectStore;
import io.intake.store.memory.InMemoryObjectStore;
import java.io.IOException;
import java.security.KeyPair;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.keyverifier.AcceptAllServerKeyVerifier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.client.SftpClientFactory;
import org.jspecify.annotations.Nullable;

/** A gateway on loopback over a store in memory, with two partners and a client. */
final class GatewayFixture implements AutoCloseable {
    static final Duration LIMIT = Duration.ofSeconds(30);
    static final String PARTNER = "st-marys";
    static final String OTHER = "mercy";

    final InMemoryObjectStore twin;
    final FaultyStore store;
    final KeyPair key = HostKeys.generate();
    final KeyPair otherKey = HostKeys.generate();
    /** The audit log without the ends of sessions, which come when they like. */
    final ConcurrentLinkedQueue<String> audit = new ConcurrentLinkedQueue<>();
    /** The whole of it. */
    final ConcurrentLinkedQueue<String> auditLines = new ConcurrentLinkedQueue<>();

    volatile Configuration configuration;
    final GatewayMetrics metrics = new GatewayMetrics();
    final IntakeGateway gateway;
    private boolean keepsUploads;
    private final SshClient client = SshClient.setUpDefaultClient();

    GatewayFixture() throws IOException {
        this(config());
    }

    GatewayFixture(GatewayConfig config) throws IOException {
        this(config, new InMemoryObjectStore(InstantSource.system()));
    }

    /** Another gateway over the same bucket; it shares nothing else. */
    GatewayFixture(GatewayConfig config, InMemoryObjectStore bucket) throws IOException {
        this(config, bucket, new NaturalNaming(), inner -> inner);
    }

    /** The same, with other names in the bucket. */
    GatewayFixture(GatewayConfig config, InMemoryObjectStore bucket, Naming naming) throws IOException {
        this(config, bucket, naming, inner -> inner);
    }

    /** The same, with something between the gateway and the bucket. */
    GatewayFixture(GatewayConfig config, InMemoryObjectStore bucket, UnaryOperator<ObjectStore> between)
            throws IOException {
        this(config, bucket, new NaturalNaming(), between);
    }

    private GatewayFixture(
            GatewayConfig config, InMemoryObjectStore bucket, Naming naming, UnaryOperator<ObjectStore> between)
            throws IOException {
        twin = bucket;
        store = new FaultyStore(DeployedRoles.ofThisProject().guarding(between.apply(twin), DeployedRoles.GATEWAY));
        ObjectStore metered = new MeteredObjectStore(store, metrics, () -> {});
        configuration = new Configuration(
                List.of(
                        new Partner(PARTNER, List.of(PublicKeyEntry.toString(key.getPublic())), List.of()),
                        new Partner(OTHER, List.of(PublicKeyEntry.toString(otherKey.getPublic())), List.of())),
                Map.of(),
                null);
        gateway = new IntakeGateway(
                config,
                metered,
                naming,
                () -> configuration,
                InstantSource.system(),
                () -> UUID.randomUUID().toString(),
                new AuditLog(this::audited, new NameHash(config.auditKey()), InstantSource.system()),
                metrics);
        gateway.start();
        client.setServerKeyVerifier(AcceptAllServerKeyVerifier.INSTANCE);
        CoreModuleProperties.NIO_WORKERS.set(client, 2);
        // else what is sent in pieces waits 40 ms for delayed acknowledgements, as no real client does
        CoreModuleProperties.TCP_NODELAY.set(client, true);
        client.start();
    }

    private void audited(String line) {
        auditLines.add(line);
        if (!line.contains("\"operation\":\"session\"")) {
            audit.add(line);
        }
    }

    static GatewayConfig config() {
        return GatewayConfig.loopback(
                        new HostKeySource.Ephemeral(),
                        "an audit key for tests".getBytes(java.nio.charset.StandardCharsets.US_ASCII))
                .withUploadMemory(64L << 20)
                .withUploads(new UploadLimits(100, Duration.ofSeconds(2)))
                .withDrain(Duration.ZERO);
    }

    SshClient client() {
        return client;
    }

    ClientSession connect(String user, @Nullable KeyPair with) throws IOException {
        ClientSession session =
                client.connect(user, "127.0.0.1", gateway.port()).verify(LIMIT).getSession();
        if (with != null) {
            session.addPublicKeyIdentity(with);
        }
        try {
            session.auth().verify(LIMIT);
            return session;
        } catch (IOException e) {
            session.close();
            throw e;
        }
    }

    ClientSession connect() throws IOException {
        return connect(PARTNER, key);
    }

    /** A client whose session ends with it. */
    SftpClient sftp() throws IOException {
        return SftpClientFactory.instance().createSftpClient(connect()).singleSessionInstance();
    }

    static SftpClient sftp(ClientSession session) throws IOException {
        return SftpClientFactory.instance().createSftpClient(session);
    }

    static void put(SftpClient client, String path, byte[] bytes) throws IOException {
        try (SftpClient.CloseableHandle handle = client.open(
                path, SftpClient.OpenMode.Write, SftpClient.OpenMode.Create, SftpClient.OpenMode.Truncate)) {
            for (int at = 0; at < bytes.length; at += 32_768) {
                client.write(handle, at, bytes, at, Math.min(32_768, bytes.length - at));
            }
        }
    }

    static byte[] get(SftpClient client, String path) throws IOException {
        try (var stream = client.read(path)) {
            return stream.readAllBytes();
        }
    }

    static byte[] bytes(int size, long seed) {
        byte[] bytes = new byte[size];
        new java.util.Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** Waits for something that another thread does soon. */
    static void await(String what, BooleanSupplier condition) {
        Instant deadline = Instant.now().plus(LIMIT);
        while (!condition.getAsBoolean()) {
            if (Instant.now().isAfter(deadline)) {
                throw new AssertionError("did not happen in time: " + what);
            }
            java.util.concurrent.locks.LockSupport.parkNanos(2_000_000);
        }
    }

    /** Ends everything and checks that no memory and no upload was left behind. */
    @Override
    public void close() {
        client.stop();
        gateway.close();
        metrics.close();
        if (gateway.uploadMemoryInUse() != 0 || gateway.openUploads() != 0) {
            throw new AssertionError("left behind: " + gateway.uploadMemoryInUse() + " bytes of memory, "
                    + gateway.openUploads() + " uploads");
        }
        if (!keepsUploads) {
            twin.assertNoOpenUploads();
        }
    }

    /** Unfinished uploads are what the test is about. */
    void keepUploads() {
        keepsUploads = true;
    }
}
