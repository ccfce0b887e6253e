package io.intake.gateway;

import static io.intake.gateway.GatewayFixture.bytes;
import static io.intake.gateway.GatewayFixture.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.intake.store.Content;
import io.intake.store.PutRequest;
import java.io.IOException;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.client.SftpClient.OpenMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Each request to the store is time that every file waits, and money. */
class RequestCountTest {
    private static final int MIB = 1 << 20;

    private GatewayFixture fixture;
    private SftpClient client;

    @BeforeEach
    void start() throws IOException {
        fixture = new GatewayFixture();
        client = fixture.sftp();
    }

    @AfterEach
    void stop() throws IOException {
        client.close();
        fixture.close();
    }

    @Test
    void aSmallUploadIsOneRequest() throws IOException {
        client.mkdir("d");
        put(client, "d/first", bytes(20_000, 1));
        fixture.store.resetCalls();
        for (int i = 0; i < 100; i++) {
            put(client, "d/x%03d".formatted(i), bytes(20_000, i));
        }
        assertThat(fixture.store.calls("put")).isEqualTo(100);
        assertThat(fixture.store.calls()).isEqualTo(100);
        // replacing is no more than creating
        fixture.store.resetCalls();
        put(client, "d/x050", bytes(20_000, 5));
        assertThat(fixture.store.calls()).isEqualTo(1);
    }

    @Test
    void theFirstUploadToAFolderAsksOnceWhatFoldersItHolds() throws IOException {
        fixture.store.resetCalls();
        put(client, "x", bytes(20_000, 1));
        assertThat(fixture.store.calls("list")).isEqualTo(2);
        assertThat(fixture.store.calls()).isEqualTo(3);
    }

    @Test
    void inAFolderOfManyFilesAPageOfTheListingServesManyUploads() throws IOException {
        for (int i = 0; i < 2_500; i++) {
            fixture.twin.put(PutRequest.of(
                    "inbound/st-marys/f%05d".formatted(i), Content.of(new byte[1]), "application/octet-stream"));
        }
        fixture.store.resetCalls();
        for (int i = 1_500; i < 1_600; i++) {
            put(client, "f%05d".formatted(i), bytes(1_000, i));
        }
        assertThat(fixture.store.calls("put")).isEqualTo(100);
        assertThat(fixture.store.calls("list")).isLessThanOrEqualTo(3);
    }

    /** The order in which encrypted names come. */
    @Test
    void inAFolderOfManyFilesNamesInAnyOrderCostNoMorePagesThanItHas() throws IOException {
        for (int i = 0; i < 5_500; i++) {
            fixture.twin.put(PutRequest.of(
                    "inbound/st-marys/f%05d".formatted(i), Content.of(new byte[1]), "application/octet-stream"));
        }
        fixture.store.resetCalls();
        for (int i = 0; i < 200; i++) {
            put(client, "f%05d".formatted(i * 2_741 % 5_500), bytes(1_000, i));
        }
        assertThat(fixture.store.calls("put")).isEqualTo(200);
        // six if they met end to end; pages that begin in the middle overlap
        assertThat(fixture.store.calls("list")).isLessThanOrEqualTo(12);
    }

    @Test
    void anUploadOfPartsIsTheirNumberAndTwoMore() throws IOException {
        put(client, "first", bytes(20_000, 1));
        fixture.store.resetCalls();
        put(client, "x", bytes(20 * MIB, 2));
        assertThat(fixture.store.calls("uploadPart")).isEqualTo(3);
        assertThat(fixture.store.calls("startUpload")).isEqualTo(1);
        assertThat(fixture.store.calls("completeUpload")).isEqualTo(1);
        // and, at most once per second, whether another session has taken it over
        assertThat(fixture.store.calls() - 5)
                .isEqualTo(fixture.store.calls("head"))
                .isLessThanOrEqualTo(30);
    }

    @Test
    void aTemporaryNameCostsARecordAtItsStartAndAtItsCloseAndNoCopy() throws IOException {
        put(client, "first", bytes(20_000, 1));
        fixture.store.resetCalls();
        put(client, "x.zip.filepart", bytes(20 * MIB, 2));
        assertThat(fixture.store.calls("uploadPart")).isEqualTo(2);
        assertThat(fixture.store.calls("put")).as("two records and a tail").isEqualTo(3);
        fixture.store.resetCalls();
        client.rename("x.zip.filepart", "x.zip");
        assertThat(fixture.store.calls("copyPart")).as("the tail").isEqualTo(1);
        assertThat(fixture.store.calls("copy")).isZero();
        assertThat(fixture.store.calls()).isLessThanOrEqualTo(10);
    }

    @Test
    void goingOnWithAFileLooksAtWhatIsThere() throws IOException {
        put(client, "x", bytes(20_000, 1));
        fixture.store.resetCalls();
        try (SftpClient.CloseableHandle handle = client.open("x", OpenMode.Write)) {
            client.write(handle, 20_000, bytes(10, 2));
        }
        // HEAD, record, uploads; the bytes that are there; PUT
        assertThat(fixture.store.calls()).isLessThanOrEqualTo(5);
    }

    @Test
    void aListingIsOneRequestPerThousandFiles() throws IOException {
        for (int i = 0; i < 2_500; i++) {
            fixture.twin.put(PutRequest.of(
                    "inbound/st-marys/f%05d".formatted(i), Content.of(new byte[1]), "application/octet-stream"));
        }
        client.stat("f00001");
        fixture.store.resetCalls();
        int count = 0;
        for (SftpClient.DirEntry ignored : client.readDir("/inbound")) {
            count++;
        }
        assertThat(count).isEqualTo(2_500);
        // what is unfinished is asked for every two seconds, for all folders together
        int again = fixture.store.calls("listUploads") == 0 ? 0 : 4;
        assertThat(fixture.store.calls()).isEqualTo(3 + again);
    }
}
