package io.intake.processors.forward.sftp;

import static org.assertj.core.api.Assertions.assertThat;

import io.intake.config.Engine;
import io.intake.config.SftpTarget;
import io.intake.processors.Secrets;
import io.intake.processors.TestClock;
import io.intake.processors.forward.Deliverable;
import io.intake.processors.forward.EngineAnswer.Unavailable;
import io.intake.processors.forward.HandOver;
import io.intake.processors.forward.HandOver.Form;
import io.intake.processors.forward.HandOver.Handed;
import io.intake.processors.forward.HandOver.Piece;
import io.intake.processors.forward.HandOver.Rows;
import io.intake.processors.job.Job;
import io.intake.store.Content;
import io.intake.store.ObjectInfo;
import io.intake.store.PutRequest;
import io.intake.store.memory.InMemoryObjectStore;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyEncryptionContext;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.digest.BuiltinDigests;
import org.apache.sshd.sftp.common.SftpConstants;
import org.apache.sshd.sftp.common.SftpException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server that is somebody else's must get nothing, and one that fails halfway must not be taken to have it all. */
class SftpHandOverTest {
    private static final byte[] CONTENT = "content".getBytes(StandardCharsets.UTF_8);
    private static final String NAME = "p-daily-20260304-aa-file-000000";
    private static final String PART = "." + NAME + ".part";
    private static final Duration LONG = Duration.ofMinutes(2);

    @TempDir
    private Path folder;

    private final TestClock clock = new TestClock();
    private final InMemoryObjectStore store = new InMemoryObjectStore(clock);
    private final Map<String, String> secrets = new HashMap<>(Map.of("INTAKE_SECRET_PW", "open sesame"));
    private SftpScript server;

    @BeforeEach
    void serve() throws IOException {
        server = new SftpScript(Files.createDirectory(folder.resolve("files")), true);
        server.lets("open sesame");
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private SftpHandOver adapter() {
        return new SftpHandOver(
                store,
                (key, offset) -> new Rows(new byte[0], 0, offset, true),
                new Secrets(secrets::get, name -> null, clock),
                clock);
    }

    private static SftpTarget target(int port, SftpTarget.Identity login, String directory, String... hostKeys) {
        return new SftpTarget(
                "127.0.0.1",
                port,
                SftpScript.USER,
                login,
                List.of(hostKeys),
                directory,
                "{partner}-{feed}-{job}-",
                "",
                false,
                false);
    }

    private static final SftpTarget.Identity PASSWORD = new SftpTarget.Identity(null, null, "secret:pw");

    private SftpTarget usual() {
        return target(server.port(), PASSWORD, ".", server.hostKey());
    }

    private Piece piece(byte[] content, long offset) {
        Job job = Deliverable.fileJob("text/plain");
        ObjectInfo object = store.head("jobs/x").orElseGet(() -> {
            store.put(PutRequest.of("jobs/x", Content.of(content), "text/plain"));
            return store.head("jobs/x").orElseThrow();
        });
        return new Piece(job, 0, "DOE.txt", object, Form.FILE, offset, 0);
    }

    private Handed hand(SftpTarget target) {
        return hand(target, LONG);
    }

    private Handed handFrom(long offset) {
        try (SftpHandOver adapter = adapter()) {
            return adapter.hand(new Engine("lab", usual(), LONG), usual(), piece(CONTENT, offset));
        }
    }

    private Handed hand(SftpTarget target, Duration timeout) {
        try (SftpHandOver adapter = adapter()) {
            return adapter.hand(new Engine("lab", target, timeout), target, piece(CONTENT, 0));
        }
    }

    private static void assertCode(Handed handed, String code) {
        assertThat(handed).isInstanceOfSatisfying(Handed.Not.class, not -> {
            assertThat(not.answer()).isInstanceOf(Unavailable.class);
            assertThat(not.answer().code()).isEqualTo(code);
        });
    }

    private static String openSsh(KeyPair key, @Nullable String passphrase) throws Exception {
        OpenSSHKeyEncryptionContext sealed = new OpenSSHKeyEncryptionContext();
        sealed.setPassword(passphrase);
        sealed.setCipherType("256");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(key, "us", passphrase == null ? null : sealed, out);
        return out.toString(StandardCharsets.UTF_8);
    }

    private static String pkcs8(KeyPair key) {
        return "-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'})
                        .encodeToString(key.getPrivate().getEncoded())
                + "\n-----END PRIVATE KEY-----\n";
    }

    @Test
    void weAreLetInByEachKindOfKeyAndByPassword() throws Exception {
        assertThat(hand(usual())).isEqualTo(new Handed.Done(1));
        KeyPair ed25519 = SftpScript.newKey("ssh-ed25519", 256);
        KeyPair rsa = KeyPairGenerator.getInstance("RSA").generateKeyPair();
        KeyPair ec = SftpScript.newKey("ecdsa-sha2-nistp256", 256);
        server.lets("no longer");
        secrets.put("INTAKE_SECRET_PASS", "phrase");
        Map<String, KeyPair> keys =
                Map.of(openSsh(ed25519, null), ed25519, openSsh(rsa, "phrase"), rsa, pkcs8(rsa), rsa, pkcs8(ec), ec);
        for (Map.Entry<String, KeyPair> key : keys.entrySet()) {
            server.lets(key.getValue().getPublic());
            secrets.put("INTAKE_SECRET_KEY", key.getKey());
            SftpTarget.Identity login = new SftpTarget.Identity("secret:key", "secret:pass", null);
            assertThat(hand(target(server.port(), login, ".", server.hostKey())))
                    .as(key.getKey().lines().findFirst().orElseThrow())
                    .isEqualTo(new Handed.Done(1));
        }
        assertThat(server.files()).isEqualTo(Map.of(NAME, "content"));
    }

    @Test
    void aServerWithAnotherKeyIsToldNothing() throws Exception {
        KeyPair other = SftpScript.newKey("ssh-ed25519", 256);
        assertCode(
                hand(target(server.port(), PASSWORD, ".", PublicKeyEntry.toString(other.getPublic()))),
                "SFTP_HOST_KEY_DIFFERS");
        String print = KeyUtils.getFingerPrint(BuiltinDigests.sha256, other.getPublic());
        assertCode(hand(target(server.port(), PASSWORD, ".", print)), "SFTP_HOST_KEY_DIFFERS");
        // It has none of this kind at all
        KeyPair rsa = KeyPairGenerator.getInstance("RSA").generateKeyPair();
        assertCode(
                hand(target(server.port(), PASSWORD, ".", PublicKeyEntry.toString(rsa.getPublic()))),
                "SFTP_NOTHING_IN_COMMON");
        assertThat(server.logins()).isZero();
        assertThat(server.passwords()).isEmpty();
    }

    @Test
    void aServerOfSeveralKeysIsKnownByAnyThatIsPinned() {
        for (KeyPair own : server.hostKeys()) {
            String print = KeyUtils.getFingerPrint(BuiltinDigests.sha256, own.getPublic());
            assertThat(hand(target(server.port(), PASSWORD, ".", print)))
                    .as("fingerprint of " + own.getPublic().getAlgorithm())
                    .isEqualTo(new Handed.Done(1));
            assertThat(hand(target(server.port(), PASSWORD, ".", PublicKeyEntry.toString(own.getPublic()))))
                    .isEqualTo(new Handed.Done(1));
        }
    }

    @Test
    void whatIsWrongWithOurLoginIsSaid() {
        server.lets("another");
        assertCode(hand(usual()), "SFTP_LOGIN_REFUSED");
        secrets.clear();
        assertCode(hand(usual()), "SECRET_ABSENT");
        secrets.put("INTAKE_SECRET_KEY", "no key");
        SftpTarget.Identity login = new SftpTarget.Identity("secret:key", null, null);
        assertCode(hand(target(server.port(), login, ".", server.hostKey())), "SFTP_KEY_UNUSABLE");
    }

    @Test
    void whatTheServerDoesNotDoIsSaid() throws Exception {
        assertCode(hand(target(server.port(), PASSWORD, "/none/there", server.hostKey())), "SFTP_DIRECTORY_ABSENT");
        server.fails((operation, session) -> {
            throw new IOException("No space left on device: DOE.txt");
        });
        assertCode(hand(usual()), "SFTP_FAILURE");
        server.fails((operation, session) -> {
            throw new SftpException(SftpConstants.SSH_FX_NO_SPACE_ON_FILESYSTEM, "DOE.txt");
        });
        assertCode(hand(usual()), "SFTP_NO_SPACE");
        server.fails((operation, session) -> {
            throw new SftpException(SftpConstants.SSH_FX_OP_UNSUPPORTED, "DOE.txt");
        });
        assertCode(hand(usual()), "SFTP_NOT_SUPPORTED");
        server.fails((operation, session) -> {
            if (operation.what().equals("before move")) {
                throw new AccessDeniedException("DOE.txt");
            }
        });
        assertCode(hand(usual()), "SFTP_NO_PERMISSION");
        assertThat(server.files()).containsOnlyKeys(PART);
        server.fails((operation, session) -> {});
        assertThat(hand(usual())).isEqualTo(new Handed.Done(1));
        assertThat(server.files()).isEqualTo(Map.of(NAME, "content"));
    }

    @Test
    void aFileThatIsNotAsLongAsWhatWasWrittenGetsNoNameAndIsBegunAnew() {
        server.fails((operation, session) -> {
            if (operation.what().equals("after close")) {
                Files.writeString(folder.resolve("files").resolve(PART), "of somebody else", StandardOpenOption.APPEND);
            }
        });
        // What was written was answered for, so that it goes on from there; who comes back finds it gone, and the same
        // again
        assertThat(hand(usual())).isEqualTo(new Handed.More(CONTENT.length, 0));
        assertCode(handFrom(CONTENT.length), "SFTP_SIZE_DIFFERS");
        assertThat(server.files()).isEmpty();
        server.fails((operation, session) -> {});
        assertThat(handFrom(CONTENT.length)).isEqualTo(new Handed.Done(1));
        assertThat(server.files()).isEqualTo(Map.of(NAME, "content"));
    }

    @Test
    void aServerThatIsNotThereOrSaysNothingIsWaitedForNoLongerThanAllowed() throws Exception {
        int nobody;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            nobody = socket.getLocalPort();
            // It takes connections and never says a word
            assertCode(hand(target(nobody, PASSWORD, ".", server.hostKey()), Duration.ofSeconds(1)), "TIMED_OUT");
        }
        assertCode(hand(target(nobody, PASSWORD, ".", server.hostKey())), "CONNECTION_REFUSED");

        CountDownLatch over = new CountDownLatch(1);
        server.fails((operation, session) -> {
            if (operation.what().equals("before write")) {
                try {
                    over.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        });
        try {
            // Long enough to log in on a machine that is busy
            assertCode(hand(usual(), Duration.ofSeconds(8)), "TIMED_OUT");
        } finally {
            over.countDown();
        }
        assertThat(server.files()).doesNotContainKey(NAME);
    }

    @Test
    void aConnectionIsUsedAgainAndNotWhenItRestedForLong() {
        SftpTarget target = usual();
        try (SftpHandOver adapter = adapter()) {
            Engine engine = new Engine("lab", target, LONG);
            assertThat(adapter.hand(engine, target, piece(CONTENT, 0))).isEqualTo(new Handed.Done(1));
            assertThat(adapter.hand(engine, target, piece(CONTENT, 0))).isEqualTo(new Handed.Done(1));
            assertThat(server.logins()).isEqualTo(1);
            clock.advance(Duration.ofSeconds(30));
            assertThat(adapter.hand(engine, target, piece(CONTENT, 0))).isEqualTo(new Handed.Done(1));
            assertThat(server.logins()).isEqualTo(2);
        }
    }

    private static byte[] random(int size) {
        byte[] bytes = new byte[size];
        new Random(11).nextBytes(bytes);
        return bytes;
    }

    /** Goes on from checkpoint to checkpoint, each time as another function; gives how many there were. */
    private int toTheEnd(SftpTarget target, byte[] content) {
        long offset = 0;
        for (int pieces = 1; pieces < 100; pieces++) {
            try (SftpHandOver adapter = adapter()) {
                Handed handed = adapter.hand(new Engine("lab", target, LONG), target, piece(content, offset));
                if (handed instanceof Handed.More(long next, int records, String ignored)) {
                    assertThat(records).isZero();
                    offset = next;
                } else if (handed instanceof Handed.Done) {
                    return pieces;
                }
            }
        }
        throw new AssertionError("no end");
    }

    @Test
    void aLongFileIsSentInPiecesAndGoneOnWithWhereItWasLeft() throws Exception {
        byte[] content = random(5_300_000);
        server.fails((operation, session) -> {
            if (operation.what().equals("before write")) {
                // A slow line: 32 KiB take two seconds
                clock.advance(Duration.ofSeconds(2));
            }
        });
        assertThat(toTheEnd(usual(), content)).isBetween(3, 6);
        assertThat(server.bytes(NAME)).isEqualTo(content);
        assertThat(server.files()).containsOnlyKeys(NAME);
    }

    @Test
    void aConnectionThatIsCutCostsWhatTheServerHasNotAnsweredFor() throws Exception {
        byte[] content = random(9_000_000);
        for (int cut : List.of(40, 150, 280)) {
            server.fails((operation, session) -> {
                if (operation.number() == cut) {
                    session.close(true);
                }
            });
            assertThat(toTheEnd(usual(), content)).as("cut at " + cut).isLessThan(4);
            assertThat(server.bytes(NAME)).as("cut at " + cut).isEqualTo(content);
            assertThat(server.files()).containsOnlyKeys(NAME);
        }
    }

    @Test
    void whatWasTakenAwayIsBegunAnewAndWhatHasItsNameIsLeft() throws Exception {
        byte[] content = random(2_500_000);
        assertThat(toTheEnd(usual(), content)).isEqualTo(1);
        // The answer to the renaming was lost: the checkpoint is before the end, and nothing is written again
        int before = server.done().size();
        try (SftpHandOver adapter = adapter()) {
            assertThat(adapter.hand(new Engine("lab", usual(), LONG), usual(), piece(content, 2_000_000)))
                    .isEqualTo(new Handed.Done(1));
        }
        assertThat(server.done()).hasSize(before);
        // Both are gone
        Files.delete(folder.resolve("files").resolve(NAME));
        try (SftpHandOver adapter = adapter()) {
            assertThat(adapter.hand(new Engine("lab", usual(), LONG), usual(), piece(content, 2_000_000)))
                    .isEqualTo(new Handed.Done(1));
        }
        assertThat(server.bytes(NAME)).isEqualTo(content);
    }

    @Test
    void aTableOfDelimitedRowsBecomesFilesOfLinesNamedByTheirFirstRows() {
        SftpTarget target = usual();
        Job job = Deliverable.job();
        store.put(PutRequest.of("jobs/t", Content.of(CONTENT), "text/csv"));
        ObjectInfo object = store.head("jobs/t").orElseThrow();
        Map<Long, Rows> table = Map.of(
                0L, new Rows("{1}\n{2}\n".getBytes(StandardCharsets.UTF_8), 2, 10, false),
                10L, new Rows("{3}\n".getBytes(StandardCharsets.UTF_8), 1, 15, true));
        HandOver.RowReader reader = (key, offset) -> Objects.requireNonNull(table.get(offset));
        Engine engine = new Engine("lab", target, LONG);
        try (SftpHandOver adapter =
                new SftpHandOver(store, reader, new Secrets(secrets::get, name -> null, clock), clock)) {
            for (int time = 0; time < 2; time++) {
                assertThat(adapter.hand(engine, target, new Piece(job, 3, "DOE.csv", object, Form.ROWS, 0, 0)))
                        .isEqualTo(new Handed.More(10, 2));
            }
            assertThat(adapter.hand(engine, target, new Piece(job, 3, "DOE.csv", object, Form.ROWS, 10, 2)))
                    .isEqualTo(new Handed.Done(1));
        }
        assertThat(server.files())
                .isEqualTo(Map.of(
                        "p-daily-20260304-aa-00003-00003-000000000000.ndjson", "{1}\n{2}\n",
                        "p-daily-20260304-aa-00003-00003-000000000002.ndjson", "{3}\n"));
    }

    @Test
    void aNameIsNoLongerThanFileSystemsTake() {
        SftpTarget usual = usual();
        SftpTarget target = new SftpTarget(
                usual.host(),
                usual.port(),
                usual.user(),
                usual.login(),
                usual.hostKeys(),
                ".",
                usual.prefix(),
                "",
                true,
                false);
        Piece piece = piece(CONTENT, 0);
        Piece named = new Piece(piece.job(), 0, "x".repeat(246) + ".hl7", piece.object(), Form.FILE, 0, 0);
        try (SftpHandOver adapter = adapter()) {
            assertThat(adapter.hand(new Engine("lab", target, LONG), target, named))
                    .isEqualTo(new Handed.Done(1));
        }
        assertThat(server.files().firstKey()).hasSizeLessThan(180).endsWith("xx.hl7");
    }

    @Test
    void openSshsOwnServerTakesTheSame() throws Exception {
        KeyPair login = SftpScript.newKey("ssh-ed25519", 256);
        secrets.put("INTAKE_SECRET_KEY", openSsh(login, null));
        Optional<OpenSshServer> found = OpenSshServer.start(folder, login);
        Assumptions.assumeTrue(found.isPresent(), "OpenSSH's server does not run here");
        byte[] content = random(9_000_000);
        Path files = Files.createDirectory(folder.resolve("openssh"));
        try (OpenSshServer openSsh = found.get()) {
            SftpTarget target = new SftpTarget(
                    "127.0.0.1",
                    openSsh.port(),
                    System.getProperty("user.name"),
                    new SftpTarget.Identity("secret:key", null, null),
                    List.of(openSsh.hostKey()),
                    files.toString(),
                    "{job}-",
                    ".bin",
                    true,
                    false);
            String name = "20260304-aa-file-000000-DOE.txt.bin";
            assertThat(toTheEnd(target, content)).isEqualTo(1);
            // Again, over what is there
            assertThat(toTheEnd(target, content)).isEqualTo(1);
            assertThat(Files.readAllBytes(files.resolve(name))).isEqualTo(content);
            // Behind a part that was cut off within a packet
            Files.delete(files.resolve(name));
            Files.write(files.resolve("." + name + ".part"), java.util.Arrays.copyOf(content, 3_000_001));
            try (SftpHandOver adapter = adapter()) {
                assertThat(adapter.hand(new Engine("lab", target, LONG), target, piece(content, 2_999_999)))
                        .isEqualTo(new Handed.Done(1));
            }
            assertThat(Files.readAllBytes(files.resolve(name))).isEqualTo(content);
            try (var all = Files.list(files)) {
                assertThat(all).hasSize(1);
            }
        }
    }
}
