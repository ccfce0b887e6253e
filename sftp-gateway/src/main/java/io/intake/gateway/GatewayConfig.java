package io.intake.gateway;

import io.intake.bucket.TemporaryNames;
import io.intake.gateway.access.ConnectionLimits;
import io.intake.gateway.audit.NameHash;
import java.time.Duration;
import java.util.Map;

/**
 * How a gateway runs. Immutable.
 *
 * @param host address to listen on
 * @param port to listen on; 0 for any free one
 * @param hostKeys the server's identity
 * @param partners who may come in
 * @param auditKey for the hashes of names in the audit log, at least 16 bytes; secret
 * @param temporaryNames names that raise no event; the processors must use the same
 * @param uploadMemory of all uploads together, in bytes, at least 16 MiB
 * @param uploads how uploads share that memory
 * @param limits of each session
 * @param connections how many there may be
 * @param drain how long a stopping gateway waits for uploads to end
 * @param algorithms how old clients may be
 */
public record GatewayConfig(
        String host,
        int port,
        HostKeySource hostKeys,
        PartnersSource partners,
        byte[] auditKey,
        TemporaryNames temporaryNames,
        long uploadMemory,
        UploadLimits uploads,
        SessionLimits limits,
        ConnectionLimits connections,
        Duration drain,
        Algorithms algorithms) {
    /** Which clients can agree with the server on how to encrypt. */
    public enum Algorithms {
        /** AES-GCM, or AES-CTR with checksums over what is encrypted. */
        MODERN,
        /** Also checksums with SHA-2 over what is not encrypted yet: all that libssh2 before 1.11 has, and curl with it. */
        OLDER
    }

    /** 256 MiB. */
    public static final long DEFAULT_UPLOAD_MEMORY = 256L << 20;

    /** 16 MiB. */
    public static final long MIN_UPLOAD_MEMORY = 16L << 20;

    public GatewayConfig {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("a port is between 0 and 65535: " + port);
        }
        if (uploadMemory < MIN_UPLOAD_MEMORY) {
            throw new IllegalArgumentException("uploads need at least 16 MiB of memory: " + uploadMemory);
        }
        if (auditKey.length < NameHash.MIN_KEY_BYTES) {
            throw new IllegalArgumentException("the audit key has at least 16 bytes");
        }
        auditKey = auditKey.clone();
    }

    /** On any free port of this machine only, with defaults. */
    public static GatewayConfig loopback(HostKeySource hostKeys, byte[] auditKey) {
        return new GatewayConfig(
                "127.0.0.1",
                0,
                hostKeys,
                new PartnersSource.Bucket(),
                auditKey,
                TemporaryNames.DEFAULT,
                DEFAULT_UPLOAD_MEMORY,
                UploadLimits.DEFAULT,
                SessionLimits.DEFAULT,
                ConnectionLimits.DEFAULT,
                Duration.ofSeconds(30),
                Algorithms.MODERN);
    }

    /**
     * Reads the environment; {@link GatewayEnvironment} lists the variables.
     *
     * @param heap what the JVM may use at most, in bytes: upload memory that does not fit is a mistake
     * @throws GatewayConfigException with every mistake
     */
    public static GatewayConfig fromEnvironment(Map<String, String> environment, long heap) {
        return GatewayEnvironment.read(environment, heap);
    }

    public GatewayConfig withPort(int other) {
        return new GatewayConfig(
                host,
                other,
                hostKeys,
                partners,
                auditKey,
                temporaryNames,
                uploadMemory,
                uploads,
                limits,
                connections,
                drain,
                algorithms);
    }

    public GatewayConfig withUploadMemory(long other) {
        return new GatewayConfig(
                host,
                port,
                hostKeys,
                partners,
                auditKey,
                temporaryNames,
                other,
                uploads,
                limits,
                connections,
                drain,
                algorithms);
    }

    public GatewayConfig withUploads(UploadLimits other) {
        return new GatewayConfig(
                host,
                port,
                hostKeys,
                partners,
                auditKey,
                temporaryNames,
                uploadMemory,
                other,
                limits,
                connections,
                drain,
                algorithms);
    }

    public GatewayConfig withLimits(SessionLimits other) {
        return new GatewayConfig(
                host,
                port,
                hostKeys,
                partners,
                auditKey,
                temporaryNames,
                uploadMemory,
                uploads,
                other,
                connections,
                drain,
                algorithms);
    }

    public GatewayConfig withConnections(ConnectionLimits other) {
        return new GatewayConfig(
                host,
                port,
                hostKeys,
                partners,
                auditKey,
                temporaryNames,
                uploadMemory,
                uploads,
                limits,
                other,
                drain,
                algorithms);
    }

    public GatewayConfig withDrain(Duration other) {
        return new GatewayConfig(
                host,
                port,
                hostKeys,
                partners,
                auditKey,
                temporaryNames,
                uploadMemory,
                uploads,
                limits,
                connections,
                other,
                algorithms);
    }

    public GatewayConfig withAlgorithms(Algorithms other) {
        return new GatewayConfig(
                host,
                port,
                hostKeys,
                partners,
                auditKey,
                temporaryNames,
                uploadMemory,
                uploads,
                limits,
                connections,
                drain,
                other);
    }

    /** Without the secrets. */
    @Override
    public String toString() {
        return "GatewayConfig[" + host + ":" + port + ", " + hostKeys + ", " + partners + ", " + temporaryNames + ", "
                + uploadMemory + " bytes, " + uploads + ", " + limits + ", " + connections + ", drain " + drain + ", "
                + algorithms
                + "]";
    }
}
