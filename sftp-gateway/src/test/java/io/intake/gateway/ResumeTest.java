package io.intake.gateway;

import static io.intake.gateway.GatewayFixture.LIMIT;
import static io.intake.gateway.GatewayFixture.bytes;
import static io.intake.gateway.GatewayFixture.get;
import static io.intake.gateway.GatewayFixture.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.store.TransientStoreException;
import io.intake.store.memory.InMemoryObjectStore;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Random;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.sftp.client.SftpClient;
import org.apache.sshd.sftp.client.SftpClient.OpenMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Hours of a hospital's upload over a thin line are gone if a lost session throws them away, and wrong if it mixes them. */
class ResumeTest {
    private static final int MIB = 1 << 20;
    private static final String KEY = "inbound/st-marys/x";

    private final InMemoryObjectStore bucket = new InMemoryObjectStore(InstantSource.system());
    /** Two processes that share the bucket only. */
    private GatewayFixture first;

    private GatewayFixture second;

    @BeforeEach
    void start() throws IOException {
        first = new GatewayFixture(GatewayFixture.config(), bucket);
        second = new GatewayFixture(GatewayFixture.config(), bucket);
    }

    @AfterEach
    void stop() {
        first.close();
        second.close();
    }

    private static SftpClient.CloseableHandle write(
            SftpClient client, byte[] bytes, int from, int to, OpenMode... modes) throws IOException {
        SftpClient.CloseableHandle handle = client.open("x", modes);
        writeOn(client, handle, bytes, from, to);
        return handle;
    }

    private static void writeOn(SftpClient client, SftpClient.CloseableHandle handle, byte[] bytes, int from, int to)
            throws IOException {
        for (int at = from; at < to; at += 32_768) {
            client.write(handle, at, bytes, at, Math.min(32_768, to - at));
        }
    }

    /** Writes the beginning of a file; then its connection goes without a word. */
    private static void lose(GatewayFixture gateway, byte[] bytes, int from, int to, OpenMode... modes)
            throws IOException {
        ClientSession session = gateway.connect();
        write(GatewayFixture.sftp(session), bytes, from, to, modes);
        session.getIoSession().close(true).await(LIMIT);
        GatewayFixture.await("the upload's end", () -> gateway.gateway.openUploads() == 0);
        assertThat(gateway.gateway.uploadMemoryInUse()).isZero();
    }

    private static void loseNew(GatewayFixture gateway, byte[] bytes, int size) throws IOException {
        lose(gateway, bytes, 0, size, OpenMode.Write, OpenMode.Create, OpenMode.Truncate);
    }

    private int resume(byte[] bytes, OpenMode... modes) throws IOException {
        try (SftpClient client = second.sftp()) {
            int size = (int) client.stat("x").getSize();
            write(client, bytes, size, bytes.length, modes).close();
            return size;
        }
    }

    private void assertOnlyTheFile(byte[] bytes) {
        // the record of an upload that was found without one may stay, out of date
        assertThat(bucket.snapshot().keySet().stream().filter(key -> !key.endsWith(".json")))
                .containsExactly(KEY);
        assertThat(Arrays.equals(bucket.snapshot().get(KEY), bytes)).isTrue();
        bucket.assertNoOpenUploads();
    }

    @Test
    void aLostUploadGoesOnWhereItWasOnAnotherGatewayWhateverTheCut() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        OpenMode[][] dialects = {
            {OpenMode.Write, OpenMode.Create, OpenMode.Append}, {OpenMode.Write, OpenMode.Create}, {OpenMode.Write}
        };
        int[] cuts = {2, 1000, 262_144, 262_145, 5 * MIB, 5 * MIB + 1, 8 * MIB, 8 * MIB + 262_145, 16 * MIB, 0, 0, 0};
        for (int i = 0; i < cuts.length; i++) {
            byte[] bytes = bytes(17 * MIB + 3, seed + i);
            int cut = cuts[i] == 0 ? 2 + random.nextInt(bytes.length - 2) : cuts[i];
            loseNew(first, bytes, cut);
            assertThat(bucket.head(KEY)).as("seed %d cut %d", seed, cut).isEmpty();
            int size = resume(bytes, dialects[i % dialects.length]);
            assertThat(size).as("seed %d cut %d", seed, cut).isEqualTo(cut - 1);
            assertOnlyTheFile(bytes);
            bucket.delete(KEY);
        }
    }

    @Test
    void anUploadThatIsLostAgainAndAgainIsWholeInTheEnd() throws IOException {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        byte[] bytes = bytes(40 * MIB + 11, seed);
        int sent = 3 * MIB;
        loseNew(first, bytes, sent);
        for (int i = 0; i < 6; i++) {
            int from;
            try (SftpClient client = second.sftp()) {
                from = (int) client.stat("x").getSize();
            }
            assertThat(from).as("seed %d", seed).isEqualTo(sent - 1);
            sent = from + 2 + random.nextInt(8 * MIB);
            lose(i % 2 == 0 ? second : first, bytes, from, Math.min(sent, bytes.length), OpenMode.Write);
        }
        resume(bytes, OpenMode.Write, OpenMode.Append);
        assertOnlyTheFile(bytes);
        assertThat(second.audit).anyMatch(line -> line.contains("\"outcome\":\"parked\""));
    }

    @Test
    void aPartialIsShownAndCanBeRemoved() throws IOException {
        try (SftpClient client = second.sftp()) {
            client.mkdir("d");
            loseNew(first, bytes(9 * MIB, 1), 9 * MIB);
            assertThat(client.lstat("x").getSize()).isEqualTo(9 * MIB - 1);
            for (SftpClient.DirEntry entry : client.readDir("/inbound")) {
                if (entry.getFilename().equals("x")) {
                    assertThat(entry.getAttributes().getSize()).isEqualTo(9 * MIB - 1);
                }
            }
            assertThat(client.readDir("/inbound"))
                    .extracting(SftpClient.DirEntry::getFilename)
                    .containsExactlyInAnyOrder("d", "x");
            assertThatThrownBy(() -> get(client, "x")).hasMessageContaining("no such file");
            assertThatThrownBy(() -> client.rename("x", "y")).hasMessageContaining("not whole");
            client.remove("x");
            assertThat(client.readDir("/inbound"))
                    .extracting(SftpClient.DirEntry::getFilename)
                    .containsExactly("d");
            assertThatThrownBy(() -> client.stat("x")).hasMessageContaining("no such file");
        }
        bucket.assertNoOpenUploads();
        assertThat(bucket.snapshot()).containsOnlyKeys("inbound/st-marys/d/");
    }

    @Test
    void aResumedFileToWhichNothingIsWrittenStaysAsItWas() throws IOException {
        byte[] bytes = bytes(9 * MIB, 1);
        loseNew(first, bytes, 9 * MIB - 10);
        try (SftpClient client = second.sftp()) {
            SftpClient.CloseableHandle handle = client.open("x", OpenMode.Write);
            assertThat(client.stat(handle).getSize()).isEqualTo(9 * MIB - 11);
            handle.close();
        }
        assertThat(bucket.head(KEY)).isEmpty();
        resume(bytes, OpenMode.Write);
        assertOnlyTheFile(bytes);
    }

    @Test
    void aFileThatIsUploadedAnewReplacesWhatWasLeft() throws IOException {
        loseNew(first, bytes(9 * MIB, 1), 9 * MIB);
        byte[] anew = bytes(3000, 2);
        try (SftpClient client = second.sftp()) {
            put(client, "x", anew);
            assertThat(client.stat("x").getSize()).isEqualTo(3000);
            assertThat(get(client, "x")).isEqualTo(anew);
            // lost while it replaces the file: what is gone on with is the newer one, not what was left before
            byte[] newer = bytes(10 * MIB, 3);
            loseNew(first, newer, 6 * MIB);
            assertThat(get(client, "x")).isEqualTo(anew);
            assertThat(resume(newer, OpenMode.Write)).isEqualTo(6 * MIB - 1);
            assertOnlyTheFile(newer);
        }
    }

    @Test
    void bytesAreAddedToAStoredFileOfAnySize() throws IOException {
        for (int size : new int[] {1, 1000, 5 * MIB - 1, 5 * MIB, 7 * MIB + 11}) {
            byte[] bytes = bytes(size + 9 * MIB, size);
            try (SftpClient client = first.sftp()) {
                put(client, "x", Arrays.copyOf(bytes, size));
            }
            // an upload that goes on from a stored file can be lost too
            lose(first, bytes, size, size + 6 * MIB, OpenMode.Write, OpenMode.Append);
            assertThat(bucket.snapshot().get(KEY)).as("size %d", size).hasSize(size);
            assertThat(resume(bytes, OpenMode.Write, OpenMode.Append))
                    .as("size %d", size)
                    .isEqualTo(size + 6 * MIB - 1);
            assertOnlyTheFile(bytes);
            bucket.delete(KEY);
        }
    }

    @Test
    void anInterruptedReputIsKeptAndNotPublished() throws IOException {
        byte[] bytes = bytes(12 * MIB, 1);
        loseNew(first, bytes, MIB);
        try (SftpClient client = second.sftp()) {
            SftpClient.CloseableHandle handle = client.open("x", OpenMode.Write, OpenMode.Append);
            writeOn(client, handle, bytes, MIB - 1, 7 * MIB);
            client.setStat(handle, new SftpClient.Attributes().size(7 * MIB));
            assertThatThrownBy(() -> client.write(handle, 7 * MIB, bytes, 7 * MIB, 10))
                    .hasMessageContaining("broken off");
            assertThatThrownBy(handle::close)
                    .as("OK would say that the file is stored")
                    .hasMessageContaining("broken off");
        }
        assertThat(bucket.head(KEY)).isEmpty();
        assertThat(resume(bytes, OpenMode.Write, OpenMode.Append)).isEqualTo(7 * MIB - 1);
        assertOnlyTheFile(bytes);
    }

    /** The first session's last part arrives between a client's question for the size and its OPEN. */
    @Test
    void bytesAreNotAppendedBehindMoreThanTheClientKnowsOf() throws IOException {
        byte[] bytes = bytes(12 * MIB, 1);
        loseNew(first, bytes, 7 * MIB);
        try (SftpClient client = second.sftp()) {
            SftpClient.CloseableHandle handle = client.open("x", OpenMode.Write, OpenMode.Create, OpenMode.Append);
            assertThatThrownBy(() -> client.write(handle, 5 * MIB, bytes, 5 * MIB, 32_768))
                    .hasMessageContaining("another size");
            assertThatThrownBy(() -> client.write(handle, 7 * MIB - 1, bytes, 7 * MIB - 1, 32_768))
                    .hasMessageContaining("broken off");
            assertThatThrownBy(handle::close).hasMessageContaining("broken off");
        }
        assertThat(bucket.head(KEY)).isEmpty();
        assertThat(resume(bytes, OpenMode.Write, OpenMode.Append)).isEqualTo(7 * MIB - 1);
        assertOnlyTheFile(bytes);
    }

    @Test
    void whoCountsFromZeroCanAppend() throws IOException {
        byte[] bytes = bytes(1000, 1);
        try (SftpClient client = second.sftp()) {
            put(client, "x", Arrays.copyOf(bytes, 400));
            try (SftpClient.CloseableHandle handle = client.open("x", OpenMode.Write, OpenMode.Append)) {
                client.write(handle, 0, bytes, 400, 300);
                client.write(handle, 300, bytes, 700, 300);
            }
        }
        assertOnlyTheFile(bytes);
    }

    /** What is written then must not end as the old file with OK. */
    @Test
    void aStoredFileThatIsCutOffByItsHandleIsNotAnsweredAsIfItHadBeen() throws IOException {
        byte[] bytes = bytes(1000, 1);
        try (SftpClient client = second.sftp()) {
            put(client, "x", bytes);
            SftpClient.CloseableHandle handle = client.open("x", OpenMode.Write);
            assertThatThrownBy(() -> client.setStat(handle, new SftpClient.Attributes().size(400)))
                    .hasMessageContaining("size cannot be changed");
            assertThatThrownBy(() -> client.write(handle, 0, bytes(500, 2), 0, 500))
                    .hasMessageContaining("broken off");
            assertThatThrownBy(handle::close).hasMessageContaining("broken off");
        }
        assertOnlyTheFile(bytes);
    }

    @Test
    void aSizeWithATimeIsHowLftpEndsAWholeFile() throws IOException {
        byte[] bytes = bytes(7 * MIB, 1);
        loseNew(first, bytes, MIB);
        try (SftpClient client = second.sftp()) {
            SftpClient.CloseableHandle handle = client.open("x", OpenMode.Write, OpenMode.Create);
            writeOn(client, handle, bytes, MIB - 1, 7 * MIB);
            client.setStat(
                    handle,
                    new SftpClient.Attributes()
                            .size(7 * MIB)
                            .accessTime(1_600_000_000)
                            .modifyTime(1_600_000_000));
            handle.close();
        }
        assertOnlyTheFile(bytes);
    }

    @Test
    void aSecondSessionTakesTheUploadOverAndTheFirstOneFailsClearly() throws IOException {
        byte[] bytes = bytes(30 * MIB, 1);
        first.keepUploads();
        SftpClient old = first.sftp();
        SftpClient.CloseableHandle handle =
                write(old, bytes, 0, 20 * MIB, OpenMode.Write, OpenMode.Create, OpenMode.Truncate);
        try (SftpClient client = second.sftp()) {
            int size = (int) client.stat("x").getSize();
            assertThat(size).isEqualTo(16 * MIB);
            SftpClient.CloseableHandle taken = client.open("x", OpenMode.Write);
            assertThatThrownBy(() -> {
                        writeOn(old, handle, bytes, 20 * MIB, 30 * MIB);
                        handle.close();
                    })
                    .hasMessageContaining("taken over");
            assertThat(bucket.head(KEY)).isEmpty();
            writeOn(client, taken, bytes, size, bytes.length);
            taken.close();
        }
        assertOnlyTheFile(bytes);
        old.close();
    }

    @Test
    void whatAKilledGatewayHadSentIsFoundAgain() throws IOException {
        byte[] bytes = bytes(30 * MIB, 1);
        // its store is gone from one moment to the next: no record, no tail
        SftpClient client = first.sftp();
        write(client, bytes, 0, 20 * MIB, OpenMode.Write, OpenMode.Create, OpenMode.Truncate);
        dieNow(first);
        assertThat(resume(bytes, OpenMode.Write, OpenMode.Append)).isEqualTo(16 * MIB);
        assertOnlyTheFile(bytes);
        client.close();
    }

    @Test
    void whatAKilledGatewayHadSentOfAResumedUploadIsFoundAgain() throws IOException {
        byte[] bytes = bytes(40 * MIB, 1);
        loseNew(first, bytes, 9 * MIB + 5);
        SftpClient client = first.sftp();
        write(client, bytes, 9 * MIB + 4, 30 * MIB, OpenMode.Write);
        dieNow(first);
        int size = resume(bytes, OpenMode.Write);
        assertThat(size).isEqualTo(24 * MIB);
        assertThat(bucket.snapshot().get(KEY)).isEqualTo(bytes);
        bucket.assertNoOpenUploads();
        client.close();
    }

    private static void dieNow(GatewayFixture gateway) {
        for (String method :
                new String[] {"head", "read", "put", "delete", "uploadPart", "startUpload", "abortUpload"}) {
            gateway.store.always(
                    method,
                    FaultyStore.failBefore(() -> new io.intake.store.PermanentStoreException(method, "k", "", null)));
        }
        gateway.gateway.stop(Duration.ZERO);
    }

    @Test
    void aStoreThatFailsWhileAnUploadIsParkedCostsAtMostBytesToSendAgain() throws IOException {
        byte[] bytes = bytes(20 * MIB, 1);
        for (String method : new String[] {"head", "read", "put", "uploadPart"}) {
            for (boolean before : new boolean[] {true, false}) {
                ClientSession session = first.connect();
                write(
                        GatewayFixture.sftp(session),
                        bytes,
                        0,
                        14 * MIB,
                        OpenMode.Write,
                        OpenMode.Create,
                        OpenMode.Truncate);
                java.util.function.Supplier<RuntimeException> lost =
                        () -> new TransientStoreException(method, "k", "503", null);
                first.store.plan(method, before ? FaultyStore.failBefore(lost) : FaultyStore.failAfter(lost));
                session.getIoSession().close(true).await(LIMIT);
                GatewayFixture.await("the upload's end", () -> first.gateway.openUploads() == 0);
                assertThat(resume(bytes, OpenMode.Write))
                        .as("%s %s", method, before)
                        .isEqualTo(14 * MIB - 1);
                assertOnlyTheFile(bytes);
                bucket.delete(KEY);
            }
        }
        SftpClient client = first.sftp();
        write(client, bytes, 0, 14 * MIB, OpenMode.Write, OpenMode.Create, OpenMode.Truncate);
        first.store.always(
                "put",
                FaultyStore.failBefore(() -> new io.intake.store.PermanentStoreException("put", "k", "403", null)));
        first.gateway.stop(Duration.ZERO);
        assertThat(resume(bytes, OpenMode.Write)).isEqualTo(13 * MIB + 3 * 262_144);
        assertOnlyTheFile(bytes);
        client.close();
    }

    @Test
    void aStoppingGatewayParksWhatIsUnfinished() throws IOException {
        byte[] bytes = bytes(12 * MIB, 1);
        SftpClient client = first.sftp();
        write(client, bytes, 0, 3 * MIB, OpenMode.Write, OpenMode.Create, OpenMode.Truncate);
        first.gateway.stop(Duration.ofMillis(10));
        assertThat(resume(bytes, OpenMode.Write)).isEqualTo(3 * MIB - 1);
        assertOnlyTheFile(bytes);
        client.close();
    }
}
