package io.intake.gateway;

import static io.intake.gateway.GatewayFixture.bytes;
import static io.intake.gateway.GatewayFixture.get;
import static io.intake.gateway.GatewayFixture.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.bucket.NameKeys;
import io.intake.bucket.Naming;
import io.intake.bucket.NamingSetting;
import io.intake.bucket.TemporaryNames;
import io.intake.store.memory.InMemoryObjectStore;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.client.SftpClient.OpenMode;
import org.apache.sshd.sftp.common.SftpException;
import org.junit.jupiter.api.Test;

/** While a name key is rotated, a file that is found under neither name is lost to its partner; one under both is doubled. */
class NameRotationTest {
    private static final String FOLDER = "/inbound/Ward 7";
    private static final String FILE = FOLDER + "/Smith, John.zip";

    private final InMemoryObjectStore bucket = new InMemoryObjectStore(InstantSource.system());

    static NameKeys.Key key(String id) {
        byte[] secret = new byte[NameKeys.Key.BYTES];
        new Random(id.hashCode()).nextBytes(secret);
        return new NameKeys.Key(id, secret);
    }

    static Naming naming(String setting, String... ids) {
        List<NameKeys.Key> keys = new ArrayList<>();
        for (String id : ids) {
            keys.add(key(id));
        }
        return NamingSetting.parse(setting)
                .names(keys.isEmpty() ? null : new NameKeys(keys), TemporaryNames.DEFAULT)
                .naming();
    }

    private GatewayFixture gateway(Naming naming) throws IOException {
        return new GatewayFixture(GatewayFixture.config(), bucket, naming);
    }

    private void before(Naming naming, byte[] content) throws IOException {
        try (GatewayFixture gateway = gateway(naming);
                SftpClient client = gateway.sftp()) {
            client.mkdir(FOLDER);
            put(client, FILE, content);
        }
    }

    private static List<String> list(SftpClient client, String folder) throws IOException {
        List<String> names = new ArrayList<>();
        client.readDir(folder).forEach(entry -> names.add(entry.getFilename()));
        return names;
    }

    private List<String> files() {
        return bucket.snapshot().keySet().stream()
                .filter(key -> key.startsWith("inbound/") && !key.endsWith("/"))
                .toList();
    }

    @Test
    void filesUnderAFormerKeyAreListedReadAndDeleted() throws IOException {
        byte[] content = bytes(1_000, 1);
        for (Naming former : List.of(naming("encrypted", "k1"), naming("natural"))) {
            before(former, content);
            try (GatewayFixture gateway = gateway(naming("encrypted,natural", "k2", "k1"));
                    SftpClient client = gateway.sftp()) {
                assertThat(list(client, "/inbound")).containsExactly("Ward 7");
                assertThat(list(client, FOLDER)).containsExactly("Smith, John.zip");
                assertThat(client.stat(FILE).getSize()).isEqualTo(1_000);
                assertThat(get(client, FILE)).isEqualTo(content);
                put(client, FOLDER + "/new.zip", content);
                assertThat(list(client, "/inbound")).containsExactly("Ward 7");
                assertThat(list(client, FOLDER)).containsExactlyInAnyOrder("Smith, John.zip", "new.zip");
                client.remove(FILE);
                client.remove(FOLDER + "/new.zip");
                assertThat(list(client, FOLDER)).isEmpty();
                client.rmdir(FOLDER);
                assertThat(bucket.snapshot()).isEmpty();
            }
        }
    }

    @Test
    void anOverwrittenFileIsNotThereTwice() throws IOException {
        before(naming("encrypted", "k1"), bytes(1_000, 1));
        String old = files().getFirst();
        try (GatewayFixture gateway = gateway(naming("encrypted", "k2", "k1"));
                SftpClient client = gateway.sftp()) {
            put(client, FILE, bytes(10, 2));
            assertThat(files()).hasSize(1).doesNotContain(old);
            assertThat(get(client, FILE)).isEqualTo(bytes(10, 2));
        }
    }

    @Test
    void aRenamedFileIsNotThereTwiceAndReplacesWhatIsUnderAFormerKey() throws IOException {
        before(naming("encrypted", "k1"), bytes(1_000, 1));
        try (GatewayFixture gateway = gateway(naming("encrypted", "k2", "k1"));
                SftpClient client = gateway.sftp()) {
            put(client, FOLDER + "/x.tmp", bytes(10, 2));
            assertThatThrownBy(() -> client.rename(FOLDER + "/x.tmp", FILE)).isInstanceOf(SftpException.class);
            client.rename(FILE, FOLDER + "/y.zip");
            assertThat(list(client, FOLDER)).containsExactlyInAnyOrder("x.tmp", "y.zip");
            client.rename(FOLDER + "/x.tmp", FILE);
            assertThat(get(client, FILE)).isEqualTo(bytes(10, 2));
            assertThat(get(client, FOLDER + "/y.zip")).isEqualTo(bytes(1_000, 1));
            assertThat(files()).hasSize(2);
        }
    }

    @Test
    void bytesAreAddedToAFileUnderAFormerKey() throws IOException {
        before(naming("encrypted", "k1"), bytes(1_000, 1));
        try (GatewayFixture gateway = gateway(naming("encrypted", "k2", "k1"));
                SftpClient client = gateway.sftp()) {
            try (SftpClient.CloseableHandle handle = client.open(FILE, OpenMode.Write, OpenMode.Append)) {
                client.write(handle, 1_000, new byte[] {1, 2, 3});
            }
            assertThat(get(client, FILE)).hasSize(1_003).startsWith(bytes(1_000, 1));
            assertThat(files()).hasSize(1);
        }
    }

    @Test
    void anUploadLostUnderAFormerKeyIsShownAndGoneOnWith() throws IOException {
        byte[] content = bytes(700_000, 3);
        try (GatewayFixture gateway = gateway(naming("encrypted", "k1"))) {
            gateway.keepUploads();
            var session = gateway.connect();
            SftpClient client = GatewayFixture.sftp(session);
            var handle = client.open("/inbound/big.zip", OpenMode.Write, OpenMode.Create, OpenMode.Truncate);
            for (int at = 0; at < 300_000; at += 30_000) {
                client.write(handle, at, content, at, 30_000);
            }
            session.getIoSession().close(true).await(GatewayFixture.LIMIT);
            GatewayFixture.await("the upload's end", () -> gateway.gateway.openUploads() == 0);
        }
        try (GatewayFixture gateway = gateway(naming("encrypted", "k2", "k1"));
                SftpClient client = gateway.sftp()) {
            assertThat(list(client, "/inbound")).containsExactly("big.zip");
            int size = (int) client.stat("/inbound/big.zip").getSize();
            assertThat(size).isEqualTo(299_999);
            try (SftpClient.CloseableHandle handle = client.open("/inbound/big.zip", OpenMode.Write)) {
                for (int at = size; at < content.length; at += 30_000) {
                    client.write(handle, at, content, at, Math.min(30_000, content.length - at));
                }
            }
            assertThat(get(client, "/inbound/big.zip")).isEqualTo(content);
            assertThat(list(client, "/inbound")).containsExactly("big.zip");
            put(client, "/inbound/big.zip", bytes(5, 4));
            assertThat(get(client, "/inbound/big.zip")).hasSize(5);
            assertThat(files()).hasSize(1);
        }
    }

    @Test
    void aPathTooLongForItsKeyIsRefusedAndOneOfTwoNamesOf255BytesIsNot() throws IOException {
        String name = "\u00e9".repeat(127) + "x";
        try (GatewayFixture gateway = gateway(naming("encrypted", "k1"));
                SftpClient client = gateway.sftp()) {
            client.mkdir("/inbound/" + name);
            put(client, "/inbound/" + name + "/" + name, bytes(3, 1));
            assertThat(list(client, "/inbound/" + name)).containsExactly(name);
            String folder = "/inbound/" + name + "/" + "d".repeat(255);
            client.mkdir(folder);
            put(client, folder + "/x", bytes(3, 1));
            assertThatThrownBy(() -> put(client, folder + "/" + name, bytes(3, 1)))
                    .isInstanceOf(SftpException.class)
                    .hasMessageContaining("the path is too long");
            assertThatThrownBy(() -> client.mkdir(folder + "/" + name)).hasMessageContaining("the path is too long");
            assertThatThrownBy(() -> client.rename(folder + "/x", folder + "/" + name))
                    .hasMessageContaining("the path is too long");
        }
    }

    @Test
    void withOneKeyNamesCostNoRequestAndEachFormerKeyCostsSome() throws IOException {
        int natural = requests(naming("natural"));
        assertThat(requests(naming("encrypted", "k1"))).isEqualTo(natural);
        // two prefixes that might hold a folder of that name, then what the old name may have: an object, a record,
        // uploads,
        // and what would count again once the object is gone
        assertThat(requests(naming("encrypted", "k2", "k1"))).isEqualTo(natural + 7);
        assertThat(requests(naming("encrypted", "k3", "k2", "k1"))).isEqualTo(natural + 14);
    }

    /** All requests of a small upload. */
    private static int requests(Naming naming) throws IOException {
        InMemoryObjectStore empty = new InMemoryObjectStore(InstantSource.system());
        try (GatewayFixture gateway = new GatewayFixture(GatewayFixture.config(), empty, naming);
                SftpClient client = gateway.sftp()) {
            put(client, "/inbound/x.zip", bytes(10, 1));
            assertThat(gateway.store.calls("put")).isEqualTo(1);
            return gateway.store.calls();
        }
    }
}
