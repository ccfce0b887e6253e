package io.intake.gateway;

import static io.intake.gateway.GatewayFixture.LIMIT;
import static io.intake.gateway.GatewayFixture.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.core.CoreModuleProperties;
import org.apache.sshd.sftp.common.SftpConstants;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An answer out of place, or one that never comes, is a file read wrong: whatever the client's window and packets are. */
class AnswersTest {
    private static final byte[] FILE = bytes(3 << 20, 7);

    private GatewayFixture fixture;

    @BeforeEach
    void start() throws IOException {
        fixture = new GatewayFixture();
        try (var client = fixture.sftp()) {
            GatewayFixture.put(client, "f", FILE);
        }
    }

    @AfterEach
    void stop() {
        fixture.close();
    }

    private record Read(int id, int offset, int length) {}

    /** Small and large answers in turn, up to twenty on their way at once. */
    private static void readAnyhow(ClientSession session, int count, long seed) throws IOException {
        Random random = new Random(seed);
        try (RawSftp sftp = new RawSftp(session)) {
            byte[] handle = sftp.open("f", SftpConstants.SSH_FXF_READ);
            for (int done = 0; done < count; ) {
                List<Read> asked = new ArrayList<>();
                List<Integer> refused = new ArrayList<>();
                for (int i = 1 + random.nextInt(20); i > 0; i--) {
                    int length = 1 + random.nextInt(random.nextBoolean() ? 100 : 255 << 10);
                    int offset = random.nextInt(FILE.length - length);
                    asked.add(new Read(sftp.read(handle, offset, length), offset, length));
                    refused.add(sftp.read(handle, FILE.length, 1));
                }
                for (Read read : asked) {
                    assertThat(sftp.data(read.id()))
                            .as("seed %d: %s", seed, read)
                            .isEqualTo(Arrays.copyOfRange(FILE, read.offset(), read.offset() + read.length()));
                }
                for (int id : refused) {
                    assertThat(sftp.status(id)).isEqualTo(SftpConstants.SSH_FX_EOF);
                }
                done += asked.size();
            }
            assertThat(sftp.status(sftp.close(handle))).isEqualTo(SftpConstants.SSH_FX_OK);
        }
    }

    @Test
    void answersFitAnyWindowAndAnyPacketSize() throws IOException {
        long[][] sizes = {{2_097_152, 32_768}, {65_537, 32_768}, {40_000, 1_234}, {1_000, 1_000}, {4_097, 16_384}};
        for (long[] size : sizes) {
            try (ClientSession session = fixture.connect()) {
                CoreModuleProperties.WINDOW_SIZE.set(session, size[0]);
                CoreModuleProperties.MAX_PACKET_SIZE.set(session, size[1]);
                readAnyhow(session, size[0] < 10_000 ? 20 : 100, size[0]);
            }
        }
    }

    @Test
    void answersStayInOrderWhileKeysAreExchanged() throws Exception {
        try (ClientSession session = fixture.connect()) {
            AtomicBoolean reading = new AtomicBoolean(true);
            Thread exchanges = Thread.ofVirtual().start(() -> {
                while (reading.get()) {
                    try {
                        session.reExchangeKeys().verify(LIMIT);
                    } catch (IOException e) {
                        return;
                    }
                }
            });
            try {
                readAnyhow(session, 400, 3);
            } finally {
                reading.set(false);
                exchanges.join(LIMIT);
            }
        }
    }
}
