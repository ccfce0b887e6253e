package io.intake.gateway;

import static io.intake.gateway.GatewayFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.intake.gateway.audit.NameHash;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.zip.CRC32;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.client.SftpClient.OpenMode;
import org.apache.sshd.sftp.client.extensions.openssh.OpenSSHPosixRenameExtension;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Who asks after a breach what was done, by whom, from where, has this log and nothing else: an operation without a line did
 * not happen, and a name in it is a breach of its own.
 */
class AuditTrailTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** In each name that the session uses. */
    private static final String CANARY = "Zebulon";

    private static final Set<String> FIELDS = Set.of(
            "at",
            "operation",
            "partner",
            "session",
            "address",
            "outcome",
            "reason",
            "attempts",
            "method",
            "key",
            "name_hash",
            "target_hash",
            "bytes",
            "crc32",
            "entries",
            "duration_ms",
            "bytes_in",
            "bytes_out",
            "published",
            "parked",
            "downloads",
            "changes",
            "failures");

    private GatewayFixture fixture;
    private NameHash hash;

    @BeforeEach
    void start() throws IOException {
        fixture = new GatewayFixture();
        fixture.keepUploads();
        hash = new NameHash(GatewayFixture.config().auditKey());
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private static void refused(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOf(IOException.class);
    }

    private static String name(String suffix) {
        return CANARY + suffix;
    }

    /** Everything that a session can do, each once, in an order that the lines must have too. */
    private void useEverything(SftpClient client) throws IOException {
        client.mkdir(name(""));
        refused(() -> client.mkdir(name("")));
        GatewayFixture.put(client, name("/a.csv"), bytes(1_000, 1));
        refused(() -> client.open(name("-none/a.csv"), OpenMode.Write, OpenMode.Create));
        assertThat(GatewayFixture.get(client, name("/a.csv"))).hasSize(1_000);
        refused(() -> client.open(name("/none.csv"), OpenMode.Read));
        for (SftpClient.DirEntry entry : client.readDir(name(""))) {
            assertThat(entry.getFilename()).isNotEmpty();
        }
        refused(() -> client.openDir(name("-none")));
        client.rename(name("/a.csv"), name("/b.csv"));
        refused(() -> client.rename(name("/a.csv"), name("/c.csv")));
        refused(() -> client.setStat(name("/b.csv"), new SftpClient.Attributes().size(5)));
        refused(() -> client.symLink(name("/l"), name("/b.csv")));
        refused(() -> client.rmdir(name("")));
        client.remove(name("/b.csv"));
        refused(() -> client.remove(name("/b.csv")));
        client.rmdir(name(""));
        refused(() ->
                client.getExtension(OpenSSHPosixRenameExtension.class).posixRename(name("-x"), "/outbound/" + CANARY));
    }

    private List<JsonNode> lines() throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        for (String line : fixture.auditLines) {
            lines.add(JSON.readTree(line));
        }
        return lines;
    }

    private String line(JsonNode line) {
        String operation = line.path("operation").asText();
        String outcome = line.path("outcome").asText();
        return operation + " " + (outcome.startsWith("failed: ") ? "failed" : outcome);
    }

    @Test
    void eachOperationOfASessionHasOneLineThatSaysWhatWasDone() throws IOException {
        ClientSession session = fixture.connect();
        try (SftpClient client = GatewayFixture.sftp(session)) {
            useEverything(client);
            SftpClient.CloseableHandle left = client.open(name("-left"), OpenMode.Write, OpenMode.Create);
            client.write(left, 0, bytes(500, 2), 0, 500);
            session.getIoSession().close(true).await(GatewayFixture.LIMIT);
        }
        GatewayFixture.await("the session's line", () -> fixture.auditLines.size() > fixture.audit.size());
        List<JsonNode> lines = lines();
        assertThat(lines)
                .extracting(this::line)
                .containsExactly(
                        "login accepted",
                        "mkdir done",
                        "mkdir failed",
                        "upload published",
                        "upload failed",
                        "download closed",
                        "download failed",
                        "list closed",
                        "list failed",
                        "rename done",
                        "rename failed",
                        "setstat failed",
                        "symlink failed",
                        "rmdir failed",
                        "remove done",
                        "remove failed",
                        "rmdir done",
                        "posix-rename failed",
                        "upload parked",
                        "session ended");
        assertSameSession(lines);
        assertNumbers(lines);
    }

    private void assertSameSession(List<JsonNode> lines) {
        Set<String> sessions = new HashSet<>();
        Set<String> addresses = new HashSet<>();
        for (JsonNode line : lines) {
            assertThat(Instant.parse(line.path("at").asText())).isBeforeOrEqualTo(Instant.now());
            assertThat(line.path("partner").asText()).isEqualTo(GatewayFixture.PARTNER);
            assertThat(line.path("duration_ms").isIntegralNumber())
                    .as("%s", line)
                    .isTrue();
            assertThat(line.path("duration_ms").asLong()).isNotNegative();
            sessions.add(line.path("session").asText());
            addresses.add(line.path("address").asText());
            line.fieldNames().forEachRemaining(field -> assertThat(FIELDS).contains(field));
        }
        assertThat(sessions).hasSize(1);
        assertThat(addresses).singleElement().asString().matches("127\\.0\\.0\\.1:\\d+");
    }

    private void assertNumbers(List<JsonNode> lines) {
        CRC32 crc = new CRC32();
        crc.update(bytes(1_000, 1));
        JsonNode login = lines.getFirst();
        assertThat(login.path("method").asText()).isEqualTo("publickey");
        assertThat(login.path("key").asText()).startsWith("SHA256:");
        JsonNode upload = lines.get(3);
        assertThat(upload.path("name_hash").asText()).isEqualTo(hash.of("/inbound/" + name("/a.csv")));
        assertThat(upload.path("bytes").asLong()).isEqualTo(1_000);
        assertThat(upload.path("crc32").asText()).isEqualTo("%08x".formatted(crc.getValue()));
        assertThat(lines.get(5).path("bytes").asLong()).isEqualTo(1_000);
        assertThat(lines.get(7).path("entries").asLong()).isPositive();
        JsonNode rename = lines.get(9);
        assertThat(rename.path("name_hash").asText()).isEqualTo(hash.of("/inbound/" + name("/a.csv")));
        assertThat(rename.path("target_hash").asText()).isEqualTo(hash.of("/inbound/" + name("/b.csv")));
        assertThat(rename.path("bytes").asLong()).isEqualTo(1_000);
        assertThat(lines.get(14).path("bytes").asLong()).isEqualTo(1_000);
        assertThat(lines.get(18).path("bytes").asLong()).isEqualTo(499);
        JsonNode end = lines.getLast();
        assertThat(end.path("reason").asText()).isEqualTo("lost");
        assertThat(end.path("bytes_in").asLong()).isEqualTo(1_500);
        assertThat(end.path("bytes_out").asLong()).isEqualTo(1_000);
        assertThat(end.path("published").asLong()).isEqualTo(1);
        assertThat(end.path("parked").asLong()).isEqualTo(1);
        assertThat(end.path("downloads").asLong()).isEqualTo(1);
        assertThat(end.path("changes").asLong()).isEqualTo(4);
        assertThat(end.path("failures").asLong()).isEqualTo(10);
    }

    @Test
    void nothingThatAClientCanChooseIsInTheAuditLogOrInTheMetrics() throws IOException {
        try (SftpClient client = fixture.sftp()) {
            useEverything(client);
        }
        refused(() -> fixture.connect(CANARY, fixture.key));
        refused(() -> fixture.connect(GatewayFixture.PARTNER, fixture.otherKey));
        GatewayFixture.await(
                "both refusals",
                () -> fixture.audit.stream()
                                .filter(line -> line.contains("\"outcome\":\"refused\""))
                                .count()
                        == 2);
        assertThat(fixture.auditLines).noneMatch(line -> line.contains(CANARY));
        assertThat(fixture.auditLines).noneMatch(line -> line.contains(".csv") || line.contains("inbound/"));
        assertThat(fixture.metrics.scrape())
                .doesNotContain(CANARY)
                .doesNotContain(".csv")
                .contains("intake_gateway_logins_total{method=\"publickey\",outcome=\"refused\",partner=\"unknown\","
                        + "reason=\"user\"} 1.0")
                .contains("intake_gateway_logins_total{method=\"publickey\",outcome=\"refused\",partner=\"st-marys\","
                        + "reason=\"key\"} 1.0");
    }
}
