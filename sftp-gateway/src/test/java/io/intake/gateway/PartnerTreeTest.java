package io.intake.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.intake.bucket.Naming;
import io.intake.store.memory.InMemoryObjectStore;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.client.SftpClient.OpenMode;
import org.apache.sshd.sftp.common.SftpException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A partner's tree behaves as a tree of files, whatever the names in the bucket: random operations on the gateway and on a
 * model. A name that is found by one operation and missed by another is a file lost or doubled.
 */
class PartnerTreeTest {
    private static final String[] NAMES = {
        "Smith, John.zip", "a", "A", "\u00e9\u00e8.csv", "x.csv.filepart", "_k1", "d.tmp", "MRN-4711.CSV", "日本 x"
    };
    private static final int OPERATIONS = 150;

    /** Each with the namings of one gateway after the other over the same bucket. */
    static Stream<Arguments> namings() {
        return Stream.of(
                Arguments.of("natural", List.of(NameRotationTest.naming("natural"))),
                Arguments.of("encrypted", List.of(NameRotationTest.naming("encrypted", "k1"))),
                Arguments.of(
                        "a key rotated twice",
                        List.of(
                                NameRotationTest.naming("encrypted", "k1", "k2"),
                                NameRotationTest.naming("encrypted", "k2", "k1"),
                                NameRotationTest.naming("encrypted", "k3", "k2", "k1"))),
                Arguments.of(
                        "natural names to encrypted ones",
                        List.of(
                                NameRotationTest.naming("natural"),
                                NameRotationTest.naming("natural,encrypted", "k7"),
                                NameRotationTest.naming("encrypted,natural", "k7"))));
    }

    private final InMemoryObjectStore bucket = new InMemoryObjectStore(InstantSource.system());
    private final TreeMap<String, byte[]> files = new TreeMap<>();
    private final TreeSet<String> folders = new TreeSet<>();

    @ParameterizedTest(name = "{0}")
    @MethodSource("namings")
    void aTreeIsWhatItsPartnerMadeIt(String ignored, List<Naming> namings) throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        folders.add("/inbound");
        for (Naming naming : namings) {
            try (GatewayFixture gateway = new GatewayFixture(GatewayFixture.config(), bucket, naming);
                    SftpClient client = gateway.sftp()) {
                for (int i = 0; i < OPERATIONS; i++) {
                    operate(client, random, "seed " + seed + " operation " + i);
                }
                check(client, "seed " + seed);
            }
        }
        long stored = bucket.snapshot().keySet().stream()
                .filter(key -> !key.endsWith("/"))
                .count();
        assertThat(stored).as("seed %d", seed).isEqualTo(files.size());
    }

    private void operate(SftpClient client, Random random, String what) throws IOException {
        String path = path(random);
        String other = path(random);
        switch (random.nextInt(8)) {
            case 0, 1, 2 -> {
                byte[] bytes = GatewayFixture.bytes(random.nextInt(300), random.nextLong());
                boolean can = hasParent(path) && !folders.contains(path);
                expect(what, can, () -> GatewayFixture.put(client, path, bytes));
                if (can) {
                    files.put(path, bytes);
                }
            }
            case 3 -> {
                boolean can = hasParent(path) && !folders.contains(path) && !files.containsKey(path);
                expect(what, can, () -> client.mkdir(path));
                if (can) {
                    folders.add(path);
                }
            }
            case 4 -> {
                boolean can = folders.contains(path) && isEmpty(path);
                expect(what, can, () -> client.rmdir(path));
                if (can) {
                    folders.remove(path);
                }
            }
            case 5 -> {
                expect(what, files.containsKey(path), () -> client.remove(path));
                files.remove(path);
            }
            case 6 -> rename(client, path, other, what);
            default -> append(client, path, random, what);
        }
    }

    private void rename(SftpClient client, String path, String other, String what) throws IOException {
        boolean there = files.containsKey(path) || (folders.contains(path) && isEmpty(path));
        boolean free = !files.containsKey(other) && !folders.contains(other);
        boolean can = there && free && hasParent(other) && !other.startsWith(path + "/");
        if (there && other.startsWith(path + "/")) {
            return;
        }
        expect(what, can, () -> client.rename(path, other));
        byte[] moved = can ? files.remove(path) : null;
        if (moved != null) {
            files.put(other, moved);
        } else if (can) {
            folders.remove(path);
            folders.add(other);
        }
    }

    private void append(SftpClient client, String path, Random random, String what) throws IOException {
        byte[] more = GatewayFixture.bytes(1 + random.nextInt(50), random.nextLong());
        byte[] there = files.get(path);
        long size = there == null ? 0 : there.length;
        expect(what, there != null, () -> {
            try (SftpClient.CloseableHandle handle = client.open(path, OpenMode.Write)) {
                client.write(handle, size, more);
            }
        });
        if (there != null) {
            byte[] all = Arrays.copyOf(there, there.length + more.length);
            System.arraycopy(more, 0, all, there.length, more.length);
            files.put(path, all);
        }
    }

    private interface Call {
        void run() throws IOException;
    }

    private static void expect(String what, boolean can, Call call) throws IOException {
        try {
            call.run();
        } catch (SftpException e) {
            if (can) {
                throw new AssertionError(what + " was refused: " + e.getMessage(), e);
            }
            return;
        }
        if (!can) {
            fail(what + " was not refused");
        }
    }

    private static String path(Random random) {
        StringBuilder path = new StringBuilder("/inbound");
        for (int i = random.nextInt(3); i >= 0; i--) {
            path.append('/').append(NAMES[random.nextInt(i == 0 ? NAMES.length : 3)]);
        }
        return path.toString();
    }

    private boolean hasParent(String path) {
        return folders.contains(path.substring(0, path.lastIndexOf('/')));
    }

    private boolean isEmpty(String folder) {
        return Stream.concat(files.keySet().stream(), folders.stream())
                .noneMatch(path -> path.startsWith(folder + "/"));
    }

    private void check(SftpClient client, String what) throws IOException {
        List<String> found = new ArrayList<>();
        walk(client, "/inbound", found);
        List<String> expected = new ArrayList<>(files.keySet());
        folders.stream().filter(folder -> !folder.equals("/inbound")).forEach(folder -> expected.add(folder + "/"));
        assertThat(found).as(what).containsExactlyInAnyOrderElementsOf(expected);
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            assertThat(client.stat(file.getKey()).getSize()).as(what).isEqualTo(file.getValue().length);
            assertThat(GatewayFixture.get(client, file.getKey())).as(what).isEqualTo(file.getValue());
        }
    }

    private static void walk(SftpClient client, String folder, List<String> found) throws IOException {
        for (SftpClient.DirEntry entry : client.readEntries(folder)) {
            String path = folder + "/" + entry.getFilename();
            if (entry.getAttributes().isDirectory()) {
                found.add(path + "/");
                walk(client, path, found);
            } else {
                found.add(path);
            }
        }
    }
}
