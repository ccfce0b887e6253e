package io.intake.store.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.store.Content;
import io.intake.store.ObjectInfo;
import io.intake.store.Part;
import io.intake.store.PermanentStoreException;
import io.intake.store.Precondition;
import io.intake.store.PutRequest;
import io.intake.store.TransientStoreException;
import io.intake.store.UploadRef;
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
import java.util.Arrays;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Our own HTTP client carries every uploaded byte: one that is lost between two buffers, or an answer that is taken for that
 * of another request, is a hospital's file gone while the hospital was told that it arrived.
 */
class DirectSenderTest {
    private static final String OK = String.join(
            "\r\n",
            "HTTP/1.1 200 OK",
            "ETag: \"e\"",
            "Date: Sat, 21 Nov 2026 10:00:00 GMT",
            "Content-Length: 0",
            "",
            "");
    private static final String GONE = "";

    private record Received(String head, byte[] body) {}

    private final Queue<Received> received = new ConcurrentLinkedQueue<>();
    /** What to answer, one after another; the last is kept. {@link #GONE} closes the connection. */
    private final Queue<String> answers = new ConcurrentLinkedQueue<>();

    private final AtomicInteger connections = new AtomicInteger();
    private final ServerSocket server;

    DirectSenderTest() throws IOException {
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
        server.close();
    }

    private void serve(Socket socket) {
        try (socket) {
            InputStream in = socket.getInputStream();
            while (true) {
                String head = head(in);
                if (head.isEmpty()) {
                    return;
                }
                int length = Integer.parseInt(header(head, "Content-Length"));
                received.add(new Received(head, in.readNBytes(length)));
                String answer = answers.size() > 1 ? answers.remove() : String.valueOf(answers.peek());
                if (answer.equals(GONE)) {
                    return;
                }
                socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
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

    private static String header(String head, String name) {
        return Arrays.stream(head.split("\r\n"))
                .filter(line -> line.toLowerCase(java.util.Locale.ROOT)
                        .startsWith(name.toLowerCase(java.util.Locale.ROOT) + ":"))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst()
                .orElse("");
    }

    private S3Settings settings(int attempts) {
        return S3Settings.of("intake", "eu-west-1")
                .withEndpoint(URI.create("http://127.0.0.1:" + server.getLocalPort()))
                .withCredentials(new S3Settings.Credentials("key", "secret"))
                .withPatience(Duration.ofSeconds(2), Duration.ofSeconds(2), attempts);
    }

    private static PutRequest put(String key, Content content) {
        return new PutRequest(key, content, "text/csv", Map.of("upload-id", "7"), Precondition.ALWAYS);
    }

    @Test
    void everyByteArrivesOnceAndInItsPlaceHoweverTheContentIsCut() {
        answers.add(OK);
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        try (S3ObjectStore store = S3ObjectStore.pooled(settings(1))) {
            for (int size : new int[] {0, 1, 131_071, 131_072, 131_073, 1_000_003}) {
                byte[] bytes = new byte[size];
                random.nextBytes(bytes);
                int cut = size == 0 ? 0 : random.nextInt(size);
                Content content = Content.of(
                        ByteBuffer.wrap(bytes, 0, cut),
                        ByteBuffer.allocate(0),
                        ByteBuffer.wrap(bytes, cut, size - cut));
                store.put(put("inbound/a", content));
                assertThat(received.remove().body())
                        .as("seed %d, size %d", seed, size)
                        .isEqualTo(bytes);
            }
        }
        assertThat(connections).hasValue(1);
    }

    @Test
    void aRequestIsSignedAndSaysAllThatTheSdkWouldSay() {
        answers.add(OK);
        byte[] bytes = {1, 2, 3};
        try (S3ObjectStore store = S3ObjectStore.pooled(settings(1))) {
            ObjectInfo info = store.put(put("inbound/st-marys/a b+c/../ü", Content.of(bytes)));
            assertThat(info.etag()).isEqualTo("e");
            assertThat(info.lastModified()).isEqualTo("2026-11-21T10:00:00Z");
            Part part = store.uploadPart(new UploadRef("inbound/x", "id/with+signs"), 7, Content.of(bytes));
            assertThat(part.etag()).isEqualTo("e");
        }
        String put = received.remove().head();
        assertThat(put)
                .startsWith("PUT /intake/inbound/st-marys/a%20b%2Bc/../%C3%BC HTTP/1.1\r\n")
                .contains("Authorization: AWS4-HMAC-SHA256 Credential=key/", "/eu-west-1/s3/aws4_request");
        assertThat(header(put, "Host")).isEqualTo("127.0.0.1:" + server.getLocalPort());
        assertThat(header(put, "x-amz-content-sha256")).isEqualTo("UNSIGNED-PAYLOAD");
        assertThat(header(put, "x-amz-meta-upload-id")).isEqualTo("7");
        assertThat(header(put, "x-amz-checksum-crc32")).isEqualTo("VbyAHQ==");
        assertThat(header(put, "Content-Type")).isEqualTo("text/csv");
        assertThat(received.remove().head())
                .startsWith("PUT /intake/inbound/x?partNumber=7&uploadId=id%2Fwith%2Bsigns HTTP/1.1\r\n");
    }

    @Test
    void aKeptConnectionThatDiedIsReplacedWithoutAnAttemptBeingLost() {
        answers.addAll(java.util.List.of(OK, GONE, OK));
        try (S3ObjectStore store = S3ObjectStore.pooled(settings(1))) {
            store.put(put("a", Content.of(new byte[10])));
            store.put(put("b", Content.of(new byte[10])));
        }
        assertThat(connections).hasValue(2);
        assertThat(received).hasSize(3);
    }

    @Test
    void anAnswerBehindInterimOnesAndInChunksIsUnderstood() {
        answers.add(String.join(
                "\r\n",
                "HTTP/1.1 100 Continue",
                "",
                "HTTP/1.1 403 Forbidden",
                "Transfer-Encoding: chunked",
                "",
                "10;x=y",
                "<Error><Code>Acc",
                "14",
                "essDenied</Code></Er",
                "4",
                "ror>",
                "0",
                "Trailer: t",
                "",
                ""));
        try (S3ObjectStore store = S3ObjectStore.pooled(settings(3))) {
            for (int i = 0; i < 2; i++) {
                assertThatThrownBy(() -> store.put(put("a", Content.of(new byte[10]))))
                        .isInstanceOf(PermanentStoreException.class)
                        .hasMessageContaining("403 AccessDenied");
            }
        }
        assertThat(connections).hasValue(1);
        assertThat(received).hasSize(2);
    }

    @Test
    void passingFailuresAreTriedAgainAsOftenAsTheSettingsSay() {
        answers.addAll(java.util.List.of(
                "HTTP/1.1 500 -\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
                "HTTP/1.1 503 -\r\nContent-Length: 0\r\n\r\n",
                OK));
        try (S3ObjectStore store = S3ObjectStore.pooled(settings(3))) {
            store.put(put("a", Content.of(new byte[10])));
        }
        assertThat(received).hasSize(3).allMatch(each -> each.body().length == 10);
    }

    @Test
    void anAnswerThatIsNotHttpIsAFailureInPassingAndItsConnectionIsNotUsedAgain() {
        answers.addAll(java.util.List.of("SSH-2.0-x\r\n\r\n", OK + "left over", OK));
        try (S3ObjectStore store = S3ObjectStore.pooled(settings(1))) {
            assertThatThrownBy(() -> store.put(put("a", Content.of(new byte[10]))))
                    .isInstanceOf(TransientStoreException.class);
            store.put(put("b", Content.of(new byte[10])));
            store.put(put("c", Content.of(new byte[10])));
        }
        assertThat(connections).hasValue(3);
    }

    /** A blocked write has no time-out of its own: somebody else must end it. */
    @Test
    void aStoreThatStopsReadingIsGivenUpInTime() throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                HttpConnections client =
                        new HttpConnections("127.0.0.1", deaf.getLocalPort(), null, settings(1), System::nanoTime)) {
            Thread.ofVirtual().start(() -> {
                try (Socket accepted = deaf.accept()) {
                    accepted.setReceiveBufferSize(1);
                    over.await();
                } catch (IOException | InterruptedException _) {
                    // the test is over
                }
            });
            ByteBuffer[] zeros = new ByteBuffer[64];
            Arrays.fill(zeros, ByteBuffer.allocate(256 << 10));
            assertThatThrownBy(() -> client.exchange(new byte[10], Content.of(0, zeros), Duration.ofMillis(300)))
                    .isInstanceOf(SocketTimeoutException.class);
        } finally {
            over.countDown();
        }
    }
}
