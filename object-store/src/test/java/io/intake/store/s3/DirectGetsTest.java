package io.intake.store.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.store.AbsentException;
import io.intake.store.ByteRange;
import io.intake.store.ConflictException;
import io.intake.store.ObjectContent;
import io.intake.store.PermanentStoreException;
import io.intake.store.RangeException;
import io.intake.store.ReadRequest;
import io.intake.store.TransientStoreException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A download that ends early and looks whole, or that goes on with another request's bytes, is a damaged file. */
class DirectGetsTest {
    /** What to answer, one after another; the last is kept. */
    private final Queue<byte[]> answers = new ConcurrentLinkedQueue<>();

    private final Queue<String> requests = new ConcurrentLinkedQueue<>();
    private final AtomicInteger connections = new AtomicInteger();
    /** Answers end their connection while this is so. */
    private volatile boolean hangsUp;

    private final CountDownLatch over = new CountDownLatch(1);
    private final ServerSocket server;

    DirectGetsTest() throws IOException {
        server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    }

    @BeforeEach
    void listen() {
        Thread.ofVirtual().start(() -> {
            try {
                while (true) {
                    Socket socket = server.accept();
                    connections.incrementAndGet();
                    Thread.ofVirtual().start(() -> serve(socket));
                }
            } catch (IOException _) {
                // the test is over
            }
        });
    }

    @AfterEach
    void stop() throws IOException {
        over.countDown();
        server.close();
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = socket.getInputStream();
            for (String head = head(in); !head.isEmpty(); head = head(in)) {
                requests.add(head);
                byte[] answer = answers.size() > 1 ? answers.remove() : answers.element();
                socket.getOutputStream().write(answer);
                if (hangsUp) {
                    return;
                }
            }
        } catch (IOException _) {
            // the client closed it
        }
    }

    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        while (!head.toString(StandardCharsets.ISO_8859_1).endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                return "";
            }
            head.write(next);
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    private S3ObjectStore store(int attempts) {
        return S3ObjectStore.pooled(S3Settings.of("intake", "eu-west-1")
                .withEndpoint(URI.create("http://127.0.0.1:" + server.getLocalPort()))
                .withCredentials(new S3Settings.Credentials("key", "secret"))
                .withPatience(Duration.ofMillis(500), Duration.ofMillis(500), attempts));
    }

    private static byte[] partial(byte[] whole, int offset, int length, int told) {
        byte[] head = String.join(
                        "\r\n",
                        "HTTP/1.1 206 Partial Content",
                        "ETag: \"e\"",
                        "Last-Modified: Sat, 21 Nov 2026 10:00:00 GMT",
                        "Content-Type: text/csv",
                        "x-amz-version-id: v1",
                        "X-Amz-Meta-Upload-Id: 7",
                        "Content-Range: bytes " + offset + "-" + (offset + told - 1) + "/" + whole.length,
                        "Content-Length: " + told,
                        "",
                        "")
                .getBytes(StandardCharsets.ISO_8859_1);
        byte[] answer = java.util.Arrays.copyOf(head, head.length + length);
        System.arraycopy(whole, offset, answer, head.length, length);
        return answer;
    }

    private static byte[] refusal(int status, String code) {
        String body = code.isEmpty() ? "" : "<Error><Code>" + code + "</Code></Error>";
        return ("HTTP/1.1 " + status + " -\r\nContent-Length: " + body.length() + "\r\n\r\n" + body)
                .getBytes(StandardCharsets.ISO_8859_1);
    }

    private static ReadRequest range(long offset, long length) {
        return ReadRequest.range("inbound/st-marys/a b", new ByteRange(offset, length), "e");
    }

    private static byte[] random(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    @Test
    void rangesArriveWholeOneAfterAnotherOnOneConnection() throws IOException {
        byte[] whole = random(1_000_003, 1);
        try (S3ObjectStore store = store(1)) {
            for (int size : new int[] {1, 8_191, 8_192, 300_000, 1_000_003}) {
                answers.clear();
                answers.add(partial(whole, 0, size, size));
                try (ObjectContent content = store.read(range(0, size))) {
                    assertThat(content.info().size()).isEqualTo(whole.length);
                    ByteBuffer target = ByteBuffer.allocateDirect(size + 10);
                    int count = 0;
                    while (count >= 0) {
                        count = content.read(target);
                    }
                    byte[] read = new byte[target.flip().remaining()];
                    target.get(read);
                    assertThat(read).isEqualTo(java.util.Arrays.copyOf(whole, size));
                }
            }
        }
        assertThat(connections).hasValue(1);
    }

    @Test
    void aRequestIsSignedAndPinnedAndItsAnswersHeadIsUnderstood() {
        answers.add(partial(new byte[100], 7, 10, 10));
        try (S3ObjectStore store = store(1);
                ObjectContent content = store.read(new ReadRequest("inbound/a b", new ByteRange(7, 10), "e", "v/1"))) {
            assertThat(content.info().etag()).isEqualTo("e");
            assertThat(content.info().size()).isEqualTo(100);
            assertThat(content.info().versionId()).isEqualTo("v1");
            assertThat(content.info().contentType()).isEqualTo("text/csv");
            assertThat(content.info().lastModified()).isEqualTo("2026-11-21T10:00:00Z");
            assertThat(content.info().metadata()).containsEntry("upload-id", "7");
        }
        assertThat(requests.remove())
                .startsWith("GET /intake/inbound/a%20b?versionId=v%2F1 HTTP/1.1\r\n")
                .contains("Range: bytes=7-16\r\n", "If-Match: e\r\n")
                .contains("Authorization: AWS4-HMAC-SHA256 Credential=key/", "/eu-west-1/s3/aws4_request")
                .doesNotContain("Content-Length");
    }

    @Test
    void aConnectionThatEndsEarlyNeverLooksLikeTheEndOfTheRange() {
        hangsUp = true;
        answers.add(partial(new byte[100], 0, 60, 100));
        try (S3ObjectStore store = store(1);
                ObjectContent content = store.read(range(0, 100))) {
            assertThatThrownBy(() -> content.stream().readAllBytes())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("40 bytes early");
        }
    }

    @Test
    void contentThatStopsComingIsGivenUpInTime() {
        answers.add(partial(new byte[100], 0, 60, 100));
        try (S3ObjectStore store = store(1);
                ObjectContent content = store.read(range(0, 100))) {
            assertThatThrownBy(() -> content.stream().readAllBytes()).isInstanceOf(SocketTimeoutException.class);
        }
    }

    /** The rest of one answer must not be taken for the next one's. */
    @Test
    void aConnectionWithUnreadContentIsNotUsedAgain() throws IOException {
        byte[] whole = random(1000, 2);
        answers.add(partial(whole, 0, 1000, 1000));
        try (S3ObjectStore store = store(1)) {
            for (int i = 1; i <= 3; i++) {
                try (ObjectContent content = store.read(range(0, 1000))) {
                    assertThat(content.stream().readNBytes(i)).isEqualTo(java.util.Arrays.copyOf(whole, i));
                }
                assertThat(connections).hasValue(i);
            }
        }
    }

    @Test
    void anotherRangeOrTheWholeObjectIsRefused() {
        byte[] whole = new byte[100];
        byte[] all =
                "HTTP/1.1 200 OK\r\nETag: \"e\"\r\nContent-Length: 3\r\n\r\nabc".getBytes(StandardCharsets.ISO_8859_1);
        try (S3ObjectStore store = store(1)) {
            for (byte[] wrong : List.of(partial(whole, 1, 10, 10), partial(whole, 0, 11, 11), all)) {
                answers.clear();
                answers.add(wrong);
                assertThatThrownBy(() -> store.read(range(0, 10))).isInstanceOf(PermanentStoreException.class);
            }
        }
    }

    @Test
    void refusalsAreToldAsThePortDefines() {
        try (S3ObjectStore store = store(1)) {
            assertRefused(store, refusal(404, "NoSuchKey"), AbsentException.class);
            assertRefused(store, refusal(412, "PreconditionFailed"), ConflictException.class);
            assertRefused(store, refusal(416, "InvalidRange"), RangeException.class);
            assertRefused(store, refusal(403, "AccessDenied"), PermanentStoreException.class);
            assertRefused(store, refusal(503, "SlowDown"), TransientStoreException.class);
        }
        assertThat(connections).hasValue(1);
    }

    private void assertRefused(S3ObjectStore store, byte[] answer, Class<? extends Exception> expected) {
        answers.clear();
        answers.add(answer);
        assertThatThrownBy(() -> store.read(range(0, 10)))
                .isInstanceOf(expected)
                .hasMessageNotContaining("a b");
    }

    @Test
    void passingFailuresAreTriedAgainAsOftenAsTheSettingsSay() throws IOException {
        answers.addAll(List.of(refusal(500, ""), refusal(503, "SlowDown"), partial(new byte[10], 0, 10, 10)));
        try (S3ObjectStore store = store(3);
                ObjectContent content = store.read(range(0, 10))) {
            assertThat(content.stream().readAllBytes()).hasSize(10);
        }
        assertThat(requests).hasSize(3);
    }

    @Test
    void aStoreThatDoesNotAnswerIsGivenUpInTime() {
        answers.add(new byte[0]);
        try (S3ObjectStore store = store(1)) {
            assertThatThrownBy(() -> store.read(range(0, 10))).isInstanceOf(TransientStoreException.class);
        }
    }

    /** Whoever opens and closes without end must not use up the connections there may be. */
    @Test
    void placesAreGivenBackHoweverAReadEnds() throws IOException {
        byte[] whole = new byte[10];
        try (S3ObjectStore store = S3ObjectStore.pooled(S3Settings.of("intake", "eu-west-1")
                .withEndpoint(URI.create("http://127.0.0.1:" + server.getLocalPort()))
                .withCredentials(new S3Settings.Credentials("key", "secret"))
                .withPatience(Duration.ofSeconds(2), Duration.ofSeconds(2), 1)
                .withMaxConnections(2))) {
            for (int i = 0; i < 10; i++) {
                answers.clear();
                answers.add(i % 2 == 0 ? partial(whole, 0, 10, 10) : refusal(404, "NoSuchKey"));
                if (i % 2 == 0) {
                    try (ObjectContent content = store.read(range(0, 10))) {
                        assertThat(content.stream().readNBytes(i)).hasSize(i);
                    }
                } else {
                    assertThatThrownBy(() -> store.read(range(0, 10))).isInstanceOf(AbsentException.class);
                }
            }
        }
    }
}
