package io.intake.gateway;

import static io.intake.gateway.GatewayFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.gateway.upload.UnfinishedTotals;
import java.io.IOException;
import java.util.List;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.client.SftpClient.OpenMode;
import org.apache.sshd.sftp.client.extensions.CopyDataExtension;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whoever looks at the figures during an outage acts on them: they must be those of what happened. */
class MeteredSessionTest {
    private static final int MIB = 1 << 20;
    private GatewayFixture fixture;

    @BeforeEach
    void start() throws IOException {
        fixture = new GatewayFixture();
        fixture.keepUploads();
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private List<String> metrics() {
        return fixture.metrics.scrape().lines().toList();
    }

    /** Some things are counted once their answer is on the wire, when the client may have it already. */
    private void counted(String... lines) {
        List<String> expected = List.of(lines);
        GatewayFixture.await("the counts " + expected, () -> metrics().containsAll(expected));
    }

    @Test
    void whatASessionDoesIsCounted() throws IOException {
        try (SftpClient client = fixture.sftp()) {
            GatewayFixture.put(client, "small", bytes(1_000, 1));
            GatewayFixture.put(client, "large", bytes(9 * MIB, 2));
            assertThat(GatewayFixture.get(client, "small")).hasSize(1_000);
            assertThatThrownBy(() -> client.stat("none")).isInstanceOf(IOException.class);
            SftpClient.CloseableHandle open = client.open("open", OpenMode.Write, OpenMode.Create);
            client.write(open, 0, bytes(500, 3), 0, 500);
            assertThat(metrics())
                    .contains(
                            "intake_gateway_sessions{state=\"logged_in\"} 1.0",
                            "intake_gateway_sessions{state=\"not_logged_in\"} 0.0",
                            "intake_gateway_uploads_open 1.0",
                            "intake_gateway_upload_memory_capacity_bytes 6.7108864E7",
                            "intake_gateway_upload_memory_used_bytes 262144.0",
                            "intake_gateway_upload_memory_waiting 0.0");
            open.close();
        }
        double received = 9.0 * MIB + 1_500;
        counted(
                "intake_gateway_received_bytes_total{partner=\"st-marys\"} " + received,
                "intake_gateway_sent_bytes_total{partner=\"st-marys\"} 1000.0",
                "intake_gateway_published_bytes_total{partner=\"st-marys\"} " + received,
                "intake_gateway_uploads_total{outcome=\"published\",partner=\"st-marys\"} 3.0",
                "intake_gateway_downloads_total{outcome=\"closed\",partner=\"st-marys\"} 1.0",
                "intake_gateway_close_seconds_count 3",
                "intake_gateway_logins_total{method=\"publickey\",outcome=\"accepted\",partner=\"st-marys\","
                        + "reason=\"none\"} 1.0",
                "intake_gateway_request_failures_total{request=\"stat\",status=\"no_such_file\"} 1.0",
                "intake_s3_request_seconds_count{operation=\"upload_part\"} 2",
                "intake_s3_request_seconds_count{operation=\"complete_upload\"} 1",
                "intake_s3_request_seconds_count{operation=\"put\"} 2");
    }

    /** Who pays for lines and who watches them wants what came over them. */
    @Test
    void whatIsCopiedOrRenamedIsPublishedButNeitherReceivedNorSent() throws IOException {
        try (SftpClient client = fixture.sftp()) {
            GatewayFixture.put(client, "a", bytes(MIB, 1));
            try (SftpClient.CloseableHandle from = client.open("a", OpenMode.Read);
                    SftpClient.CloseableHandle to = client.open("b", OpenMode.Write, OpenMode.Create)) {
                client.getExtension(CopyDataExtension.class).copyData(from, 0, 0, to, 0);
            }
            client.rename("b", "c");
        }
        counted(
                "intake_gateway_received_bytes_total{partner=\"st-marys\"} 1048576.0",
                "intake_gateway_published_bytes_total{partner=\"st-marys\"} 2097152.0");
        assertThat(metrics())
                .noneMatch(line -> line.startsWith("intake_gateway_sent_bytes_total") && !line.endsWith(" 0.0"));
        GatewayFixture.await(
                "the session's line",
                () -> fixture.auditLines.stream().anyMatch(line -> line.contains("\"operation\":\"session\"")));
        assertThat(fixture.auditLines)
                .anyMatch(line -> line.contains("\"bytes_in\":1048576") && line.contains("\"bytes_out\":0"))
                .filteredOn(line -> line.contains("\"operation\":\"upload\""))
                .hasSize(2)
                .allMatch(line -> line.contains("\"bytes\":1048576"));
    }

    @Test
    void whatALostSessionLeavesIsCountedAsParkedAndAsUnfinished() throws IOException {
        assertThat(UnfinishedTotals.count(fixture.twin)).isEqualTo(UnfinishedTotals.NONE);
        ClientSession session = fixture.connect();
        SftpClient client = GatewayFixture.sftp(session);
        SftpClient.CloseableHandle handle = client.open("x", OpenMode.Write, OpenMode.Create);
        client.write(handle, 0, bytes(30_000, 1), 0, 30_000);
        session.getIoSession().close(true).await(GatewayFixture.LIMIT);
        GatewayFixture.await("the upload's end", () -> fixture.gateway.openUploads() == 0);
        counted(
                "intake_gateway_parked_bytes_total{partner=\"st-marys\"} 29999.0",
                "intake_gateway_uploads_total{outcome=\"parked\",partner=\"st-marys\"} 1.0");
        assertThat(UnfinishedTotals.count(fixture.twin)).isEqualTo(new UnfinishedTotals(1, 29_999));
    }
}
