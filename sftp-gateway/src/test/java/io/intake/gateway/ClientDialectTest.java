package io.intake.gateway;

import static io.intake.gateway.GatewayFixture.LIMIT;
import static io.intake.gateway.GatewayFixture.bytes;
import static io.intake.gateway.RawSftp.APPEND;
import static io.intake.gateway.RawSftp.CREATE;
import static io.intake.gateway.RawSftp.TRUNCATE;
import static io.intake.gateway.RawSftp.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import io.intake.store.PermanentStoreException;
import io.intake.store.TransientStoreException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.sftp.common.SftpConstants;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Hospitals do not choose their client for our sake. What WinSCP (core/SftpFileSystem.cpp) and FileZilla (PuTTY's psftp) put
 * on the wire differs from OpenSSH's in order and flags, and a gateway that expects OpenSSH's loses their files: requests one
 * by one, as those two send them.
 */
class ClientDialectTest {
    private static final int MIB = 1 << 20;
    private static final int OK = SftpConstants.SSH_FX_OK;
    private static final int YEAR_2020 = 1_577_836_800;
    private static final String KEY = "inbound/st-marys/x.zip";

    private GatewayFixture fixture;
    private ClientSession session;
    private RawSftp sftp;

    @BeforeEach
    void start() throws IOException {
        fixture = new GatewayFixture();
        session = fixture.connect();
        sftp = new RawSftp(session);
    }

    @AfterEach
    void stop() throws IOException {
        session.close();
        fixture.close();
    }

    /** Sends all WRITEs without waiting for an answer. */
    private List<Integer> send(byte[] handle, byte[] bytes, int from, int to, int request) throws IOException {
        List<Integer> ids = new ArrayList<>();
        for (int at = from; at < to; at += request) {
            ids.add(sftp.write(handle, at, bytes, at, Math.min(request, to - at)));
        }
        return ids;
    }

    private void assertAll(List<Integer> ids, int status) throws IOException {
        for (int id : ids) {
            assertThat(sftp.status(id)).isEqualTo(status);
        }
    }

    /** The connection goes without a word; another one takes its place. */
    private void loseConnection() throws IOException {
        session.getIoSession().close(true).await(LIMIT);
        GatewayFixture.await("the upload's end", () -> fixture.gateway.openUploads() == 0);
        session = fixture.connect();
        sftp = new RawSftp(session);
    }

    private void assertOnlyTheFile(byte[] bytes) {
        assertThat(fixture.twin.snapshot()).containsOnlyKeys(KEY);
        assertThat(Arrays.equals(fixture.twin.snapshot().get(KEY), bytes)).isTrue();
        fixture.twin.assertNoOpenUploads();
    }

    @Test
    void winScpEndsAFileBeforeItsWritesAreAnswered() throws IOException {
        for (int size : new int[] {0, 1, 101 << 10, 8 * MIB, 17 * MIB + 3}) {
            byte[] bytes = bytes(size, size);
            byte[] handle = sftp.open("x.zip", WRITE | CREATE | TRUNCATE);
            List<Integer> requests = send(handle, bytes, 0, size, 32_768);
            requests.add(sftp.close(handle));
            requests.add(sftp.setTimes("x.zip", YEAR_2020));
            assertAll(requests, OK);
            assertThat(sftp.size("x.zip")).isEqualTo(size);
            assertOnlyTheFile(bytes);
        }
    }

    @Test
    void winScpSendsUnderATemporaryNameAndRenames() throws IOException {
        for (int size : new int[] {1, 8 * MIB, 17 * MIB + 3}) {
            byte[] bytes = bytes(size, size);
            boolean replaces = sftp.size("x.zip") >= 0;
            byte[] handle = sftp.open("x.zip.filepart", WRITE | CREATE | TRUNCATE);
            List<Integer> requests = send(handle, bytes, 0, size, 32_768);
            requests.add(sftp.close(handle));
            if (replaces) {
                requests.add(sftp.remove("x.zip"));
            }
            // one behind the other, none of them waited for
            requests.add(sftp.rename("x.zip.filepart", "x.zip"));
            requests.add(sftp.setTimes("x.zip", YEAR_2020));
            assertAll(requests, OK);
            assertThat(sftp.size("x.zip.filepart")).isEqualTo(-1);
            assertThat(sftp.size("x.zip")).isEqualTo(size);
            assertOnlyTheFile(bytes);
        }
    }

    @Test
    void winScpGoesOnWithWhatItsLostConnectionLeft() throws IOException {
        for (int flags : new int[] {WRITE | CREATE, WRITE | CREATE | APPEND}) {
            byte[] bytes = bytes(20 * MIB + 7, flags);
            assertAll(send(sftp.open("x.zip.filepart", WRITE | CREATE | TRUNCATE), bytes, 0, 11 * MIB, 32_768), OK);
            loseConnection();
            assertThat(fixture.twin.snapshot()).doesNotContainKey(KEY);
            goOn("x.zip.filepart", flags, bytes, 11 * MIB - 1);
            fixture.twin.delete(KEY);
        }
    }

    /** "Cancel" in WinSCP's window: the file is closed as if it was whole, and left for the next time. */
    @Test
    void winScpGoesOnWithWhatItsUserCancelled() throws IOException {
        for (int cut : new int[] {1000, 3 * MIB, 11 * MIB}) {
            byte[] bytes = bytes(20 * MIB + 7, cut);
            byte[] handle = sftp.open("x.zip.filepart", WRITE | CREATE | TRUNCATE);
            List<Integer> requests = send(handle, bytes, 0, cut, 32_768);
            requests.add(sftp.close(handle));
            assertAll(requests, OK);
            assertThat(fixture.twin.snapshot()).doesNotContainKey(KEY);
            goOn("x.zip.filepart", WRITE | CREATE, bytes, cut);
            fixture.twin.delete(KEY);
        }
    }

    private void goOn(String partial, int flags, byte[] bytes, int from) throws IOException {
        assertThat(sftp.size(partial)).isEqualTo(from);
        byte[] handle = sftp.open(partial, flags);
        List<Integer> requests = send(handle, bytes, from, bytes.length, 32_768);
        requests.add(sftp.close(handle));
        requests.add(sftp.rename(partial, "x.zip"));
        requests.add(sftp.setTimes("x.zip", YEAR_2020));
        assertAll(requests, OK);
        assertOnlyTheFile(bytes);
    }

    @Test
    void winScpRemovesASmallFileThatItsUserCancelled() throws IOException {
        byte[] handle = sftp.open("x.zip", WRITE | CREATE | TRUNCATE);
        List<Integer> requests = send(handle, bytes(50_000, 1), 0, 50_000, 32_768);
        requests.add(sftp.close(handle));
        requests.add(sftp.remove("x.zip"));
        assertAll(requests, OK);
        assertThat(fixture.twin.snapshot()).isEmpty();
    }

    /** It renames without having waited for the answer to its CLOSE: where that failed there must be nothing to rename. */
    @Test
    void aRenameSentBehindACloseThatFailsPublishesNothing() throws IOException {
        List<Supplier<RuntimeException>> failures = List.of(
                () -> new PermanentStoreException("uploadPart", "k", "403", null),
                () -> new TransientStoreException("uploadPart", "k", "503", null));
        for (Supplier<RuntimeException> failure : failures) {
            byte[] bytes = bytes(17 * MIB, 1);
            byte[] handle = sftp.open("x.zip.filepart", WRITE | CREATE | TRUNCATE);
            assertAll(send(handle, bytes, 0, 9 * MIB, 32_768), OK);
            fixture.store.always("uploadPart", FaultyStore.failBefore(failure));
            assertThat(send(handle, bytes, 9 * MIB, bytes.length, 32_768)).isNotEmpty();
            int close = sftp.close(handle);
            int rename = sftp.rename("x.zip.filepart", "x.zip");
            assertThat(sftp.status(close)).isNotEqualTo(OK);
            assertThat(sftp.status(rename)).isNotEqualTo(OK);
            assertThat(fixture.twin.snapshot()).doesNotContainKey(KEY);
            fixture.store.always("uploadPart", FaultyStore.before(() -> {}));
            byte[] again = sftp.open("x.zip.filepart", WRITE | CREATE | TRUNCATE);
            List<Integer> requests = send(again, bytes, 0, bytes.length, 32_768);
            requests.add(sftp.close(again));
            requests.add(sftp.rename("x.zip.filepart", "x.zip"));
            assertAll(requests, OK);
            assertThat(Arrays.equals(fixture.twin.snapshot().get(KEY), bytes)).isTrue();
            fixture.twin.delete(KEY);
        }
        fixture.keepUploads();
    }

    @Test
    void fileZillaOpensWhatIsThereWithoutCreatingItAndAsksTheHandleForItsSize() throws IOException {
        assertThat(sftp.status(sftp.sendOpen("x.zip", WRITE))).isEqualTo(SftpConstants.SSH_FX_NO_SUCH_FILE);
        byte[] bytes = bytes(20 * MIB + 7, 1);
        assertAll(send(sftp.open("x.zip", WRITE | CREATE | TRUNCATE), bytes, 0, 11 * MIB, 32_768), OK);
        loseConnection();
        byte[] handle = sftp.open("x.zip", WRITE);
        int from = (int) sftp.size(handle);
        assertThat(from).isEqualTo(11 * MIB - 1);
        List<Integer> requests = send(handle, bytes, from, bytes.length, 32_768);
        requests.add(sftp.setTimes(handle, YEAR_2020));
        requests.add(sftp.close(handle));
        requests.add(sftp.setTimes("x.zip", YEAR_2020));
        assertAll(requests, OK);
        assertOnlyTheFile(bytes);
        assertThat(sftp.size("x.zip")).isEqualTo(bytes.length);
    }

    @Test
    void fileZillaAddsToAStoredFileInTheSameWay() throws IOException {
        byte[] bytes = bytes(9 * MIB, 1);
        byte[] begun = sftp.open("x.zip", WRITE | CREATE | TRUNCATE);
        List<Integer> requests = send(begun, bytes, 0, 6 * MIB, 32_768);
        requests.add(sftp.close(begun));
        assertAll(requests, OK);
        byte[] handle = sftp.open("x.zip", WRITE);
        assertThat(sftp.size(handle)).isEqualTo(6 * MIB);
        List<Integer> rest = send(handle, bytes, 6 * MIB, bytes.length, 32_768);
        rest.add(sftp.close(handle));
        assertAll(rest, OK);
        assertOnlyTheFile(bytes);
    }

    /** paramiko's putfo: nothing is waited for but the CLOSE, then the size is compared. */
    @Test
    void paramikoComparesTheSizeRightBehindTheClose() throws IOException {
        byte[] bytes = bytes(17 * MIB + 3, 1);
        byte[] handle = sftp.open("x.zip", WRITE | CREATE | TRUNCATE);
        send(handle, bytes, 0, bytes.length, 32_768);
        assertThat(sftp.status(sftp.close(handle))).isEqualTo(OK);
        assertThat(sftp.size("x.zip")).isEqualTo(bytes.length);
        assertOnlyTheFile(bytes);
    }

    /** Clients that keep several requests under way on several threads let neighbours overtake one another. */
    @Test
    void neighbouringWritesMayChangePlaces() throws IOException {
        byte[] bytes = bytes(9 * MIB, 1);
        byte[] handle = sftp.open("x.zip", WRITE | CREATE | TRUNCATE);
        List<Integer> requests = new ArrayList<>();
        for (int at = 0; at < bytes.length; at += 65_536) {
            requests.add(sftp.write(handle, at + 32_768, bytes, at + 32_768, 32_768));
            requests.add(sftp.write(handle, at, bytes, at, 32_768));
        }
        requests.add(sftp.close(handle));
        assertAll(requests, OK);
        assertOnlyTheFile(bytes);
    }
}
