package io.intake.gateway;

import static io.intake.gateway.GatewayFixture.PARTNER;
import static io.intake.gateway.GatewayFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.intake.store.Content;
import io.intake.store.ObjectStore;
import io.intake.store.PutRequest;
import io.intake.store.memory.InMemoryObjectStore;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.apache.sshd.common.util.buffer.Buffer;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.apache.sshd.sftp.client.RawSftpClient;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.common.SftpConstants;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One path that leaves its partner's prefix shows one hospital's patients to another. */
class ConfinementTest {
    private static final Pattern OWN =
            Pattern.compile("(inbound|outbound|uploads|parked)/" + PARTNER + "/.*", Pattern.DOTALL);

    /** What file systems, browsers and SDKs take for something else. */
    private static final String[] SEGMENTS = {
        "..",
        "..",
        "..",
        ".",
        "",
        "...",
        "a",
        "A",
        "b.tmp",
        "mercy",
        "inbound",
        "outbound",
        "uploads",
        "parked",
        "config",
        "st-marys",
        "St-Marys",
        "st-marys-2",
        "%2e%2e",
        "%2E%2e%2f",
        "..%2fmercy",
        "..%00",
        "a%2fb",
        "..\\mercy",
        "\\",
        "a.",
        "a..",
        " ",
        "a ",
        " ..",
        ".. ",
        "\u2025",
        "\uff0e\uff0e",
        "\u2024\u2024",
        "\uff0f",
        "\u2215",
        "\u2044mercy",
        "\u00e9",
        "e\u0301",
        "\u202e",
        "\u200b..",
        "\ufeff",
        "\uff4dercy",
        "a\0b",
        "\0",
        "a\nb",
        "a\tb",
        "\u007f",
        "\u0085",
        "*",
        "?",
        "[a]",
        "{a,b}",
        "~",
        "~mercy",
        "$HOME",
        "`id`",
        "'",
        "\"",
        "&lt;",
        "+",
        "a+b",
        "a b",
        ";",
        ":",
        "C:",
        "|",
        "\ud83d\ude00",
        "con",
        "NUL",
        "x".repeat(255),
        "x".repeat(256),
        "\u00e9".repeat(127),
        "\u00e9".repeat(128),
        "soap",
        "WEB-INF",
        "-rf",
        "#",
        "a#b",
        "@",
        "=",
        "&",
        ","
    };

    private final Queue<String> touched = new ConcurrentLinkedQueue<>();
    private InMemoryObjectStore bucket;
    private GatewayFixture fixture;
    private SftpClient client;

    @BeforeEach
    void start() throws IOException {
        bucket = new InMemoryObjectStore(InstantSource.system());
        for (String key : others().keySet()) {
            bucket.put(PutRequest.of(key, Content.of(others().get(key)), "application/octet-stream"));
        }
        fixture = new GatewayFixture(GatewayFixture.config(), bucket, this::watched);
        client = fixture.sftp();
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        fixture.close();
    }

    private static Map<String, byte[]> others() {
        return Map.of(
                "inbound/mercy/secret", bytes(5, 1),
                "inbound/st-marys-2/secret", bytes(5, 2),
                "outbound/mercy/receipt", bytes(5, 3),
                "config/partners.yml", bytes(5, 4),
                "inbound/st-marys", bytes(5, 5),
                "jobs/a/state", bytes(5, 6));
    }

    /** A store that keeps every key and prefix that it is asked about. */
    private ObjectStore watched(ObjectStore inner) {
        return (ObjectStore) Proxy.newProxyInstance(
                ObjectStore.class.getClassLoader(), new Class<?>[] {ObjectStore.class}, (_, method, arguments) -> {
                    if (arguments != null) {
                        // of listUploads the second one says where the page before ended
                        int names = method.getName().equals("listUploads") ? 1 : arguments.length;
                        for (int i = 0; i < names; i++) {
                            keep(arguments[i]);
                        }
                    }
                    try {
                        return method.invoke(inner, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private void keep(Object argument) throws ReflectiveOperationException {
        if (argument instanceof String key) {
            touched.add(key);
        } else if (argument instanceof Record request) {
            for (RecordComponent component : request.getClass().getRecordComponents()) {
                component.getAccessor().setAccessible(true);
                Object value = component.getAccessor().invoke(request);
                if (value instanceof Record || component.getName().matches("key|prefix|targetKey")) {
                    keep(value);
                }
            }
        }
    }

    private static byte[] path(Random random) {
        StringBuilder path = new StringBuilder(random.nextInt(3) == 0 ? "/" : "");
        for (int count = random.nextInt(7); count >= 0; count--) {
            path.append(SEGMENTS[random.nextInt(SEGMENTS.length)]);
            path.append(count > 0 ? random.nextInt(8) == 0 ? "//" : "/" : random.nextInt(8) == 0 ? "/" : "");
        }
        if (random.nextInt(50) == 0) {
            path.append("/y".repeat(20_000));
        }
        byte[] bytes = path.toString().getBytes(StandardCharsets.UTF_8);
        if (random.nextInt(12) == 0 && bytes.length > 0) {
            // overlong forms of dot and slash, and what is no UTF-8 at all
            byte[][] invalid = {
                {(byte) 0xc0, (byte) 0xae},
                {(byte) 0xc0, (byte) 0xaf},
                {(byte) 0xff},
                {(byte) 0xed, (byte) 0xa0, (byte) 0x80}
            };
            byte[] piece = invalid[random.nextInt(invalid.length)];
            byte[] longer = java.util.Arrays.copyOf(bytes, bytes.length + piece.length);
            System.arraycopy(piece, 0, longer, bytes.length, piece.length);
            return longer;
        }
        return bytes;
    }

    private Buffer ask(int type, Consumer<Buffer> fields) throws IOException {
        RawSftpClient raw = (RawSftpClient) client;
        Buffer request = new ByteArrayBuffer();
        fields.accept(request);
        Buffer answer = raw.receive(raw.send(type, request));
        answer.rpos(answer.rpos() + 4);
        return answer;
    }

    private static boolean isHandle(Buffer answer) {
        int type = answer.getUByte();
        answer.rpos(answer.rpos() + 4);
        return type == SftpConstants.SSH_FXP_HANDLE;
    }

    private boolean write(byte[] path, byte[] content) throws IOException {
        Buffer opened = ask(SftpConstants.SSH_FXP_OPEN, request -> {
            request.putBytes(path);
            request.putUInt(SftpConstants.SSH_FXF_WRITE | SftpConstants.SSH_FXF_CREAT | SftpConstants.SSH_FXF_TRUNC);
            request.putUInt(0);
        });
        if (!isHandle(opened)) {
            return false;
        }
        byte[] handle = opened.getBytes();
        Buffer written = ask(SftpConstants.SSH_FXP_WRITE, request -> {
            request.putBytes(handle);
            request.putLong(0);
            request.putBytes(content);
        });
        assertThat(written.available()).isPositive();
        Buffer closed = ask(SftpConstants.SSH_FXP_CLOSE, request -> request.putBytes(handle));
        closed.rpos(closed.rpos() + 5);
        assertThat(closed.getInt()).isEqualTo(SftpConstants.SSH_FX_OK);
        return true;
    }

    @Test
    void whateverAPathLooksLikeOnlyThePartnersOwnPrefixesAreTouched() throws IOException {
        int[] onePath = {
            SftpConstants.SSH_FXP_STAT,
            SftpConstants.SSH_FXP_LSTAT,
            SftpConstants.SSH_FXP_OPENDIR,
            SftpConstants.SSH_FXP_REMOVE,
            SftpConstants.SSH_FXP_RMDIR,
            SftpConstants.SSH_FXP_REALPATH
        };
        int count = 0;
        for (long seed = 0; seed < 4_000; seed++) {
            Random random = new Random(seed);
            byte[] path = path(random);
            switch (random.nextInt(6)) {
                case 0 -> {
                    boolean ignored = write(path, bytes(3, seed));
                }
                case 1 ->
                    close(ask(SftpConstants.SSH_FXP_OPEN, request -> {
                        request.putBytes(path);
                        request.putUInt(SftpConstants.SSH_FXF_READ);
                        request.putUInt(0);
                    }));
                case 2 ->
                    close(ask(SftpConstants.SSH_FXP_RENAME, request -> {
                        request.putBytes(path);
                        request.putBytes(path(random));
                    }));
                case 3 ->
                    close(ask(SftpConstants.SSH_FXP_MKDIR, request -> {
                        request.putBytes(path);
                        request.putUInt(0);
                    }));
                case 4 ->
                    close(ask(SftpConstants.SSH_FXP_EXTENDED, request -> {
                        request.putString(
                                random.nextBoolean() ? "posix-rename@openssh.com" : "expand-path@openssh.com");
                        request.putBytes(path);
                        request.putBytes(path(random));
                    }));
                default -> close(ask(onePath[random.nextInt(onePath.length)], request -> request.putBytes(path)));
            }
            assertThat(touched)
                    .as("seed %d: %s", seed, new String(path, StandardCharsets.UTF_8))
                    .allMatch(key -> OWN.matcher(key).matches());
            count += touched.size();
            touched.clear();
        }
        assertThat(count).as("keys that were asked for").isGreaterThan(1_000);
        others().forEach((key, content) ->
                assertThat(bucket.snapshot().get(key)).as(key).isEqualTo(content));
    }

    private void close(Buffer answer) throws IOException {
        if (isHandle(answer)) {
            byte[] handle = answer.getBytes();
            Buffer closed = ask(SftpConstants.SSH_FXP_CLOSE, request -> request.putBytes(handle));
            assertThat(closed.available()).isPositive();
        }
    }

    @Test
    void noTwoPathsAreTheSameFileUnlessTheServerSaysSo() throws IOException {
        Map<String, byte[]> expected = new HashMap<>();
        for (long seed = 0; seed < 1_500; seed++) {
            Random random = new Random(seed);
            byte[] path = path(random);
            byte[] content = bytes(8, seed);
            if (write(path, content)) {
                expected.put(client.canonicalPath(new String(path, StandardCharsets.UTF_8)), content);
            }
        }
        assertThat(expected).hasSizeGreaterThan(40);
        for (Map.Entry<String, byte[]> file : expected.entrySet()) {
            assertThat(GatewayFixture.get(client, file.getKey()))
                    .as(file.getKey())
                    .isEqualTo(file.getValue());
        }
        long stored = bucket.snapshot().keySet().stream()
                .filter(key -> key.matches("(?s)(inbound|uploads)/st-marys/.*"))
                .count();
        assertThat(stored).isEqualTo(expected.size());
    }
}
