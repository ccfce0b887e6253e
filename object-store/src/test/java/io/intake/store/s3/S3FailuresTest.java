package io.intake.store.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.intake.store.AbsentException;
import io.intake.store.AlreadyPresentException;
import io.intake.store.ByteRange;
import io.intake.store.CompleteRequest;
import io.intake.store.ConflictException;
import io.intake.store.Content;
import io.intake.store.CopySource;
import io.intake.store.Crc32;
import io.intake.store.ListRequest;
import io.intake.store.ObjectContent;
import io.intake.store.ObjectStore;
import io.intake.store.Part;
import io.intake.store.PermanentStoreException;
import io.intake.store.Precondition;
import io.intake.store.PutRequest;
import io.intake.store.RangeException;
import io.intake.store.ReadRequest;
import io.intake.store.StoreException;
import io.intake.store.TransientStoreException;
import io.intake.store.UploadRef;
import io.intake.store.UploadRequest;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A failure in passing that is taken for a final one quarantines a good file; a final one that is taken for passing is
 * tried for ever, and nobody is paged. A lost connection that is taken for the end of the object truncates.
 */
class S3FailuresTest {
    private static final String KEY = "inbound/st-marys/Jane_Doe.zip";
    private final ConcurrentLinkedQueue<String> requests = new ConcurrentLinkedQueue<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;
    private volatile Answer answer = exchange -> exchange.close();

    S3FailuresTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }

    @FunctionalInterface
    private interface Answer {
        void to(HttpExchange exchange) throws IOException;
    }

    /** Both HTTP clients below the SDK fail in ways of their own. */
    enum Client {
        POOLED,
        LIGHT;

        ObjectStore open(S3Settings settings) {
            return this == POOLED ? S3ObjectStore.pooled(settings) : S3ObjectStore.light(settings);
        }
    }

    @BeforeEach
    void listen() {
        server.setExecutor(threads);
        server.createContext("/", exchange -> {
            requests.add(exchange.getRequestMethod() + " " + exchange.getRequestURI() + " " + headers(exchange));
            exchange.getRequestBody().readAllBytes();
            answer.to(exchange);
        });
        server.start();
    }

    private static String headers(HttpExchange exchange) {
        return exchange.getRequestHeaders().entrySet().stream()
                .map(entry -> entry.getKey().toLowerCase(java.util.Locale.ROOT) + "=" + entry.getValue())
                .sorted()
                .toList()
                .toString();
    }

    @AfterEach
    void stop() {
        server.stop(0);
        threads.shutdownNow();
    }

    private S3Settings settings() {
        return S3Settings.of("intake", "us-east-1")
                .withEndpoint(
                        URI.create("http://127.0.0.1:" + server.getAddress().getPort()))
                .withCredentials(new S3Settings.Credentials("key", "secret"))
                .withPatience(Duration.ofSeconds(2), Duration.ofSeconds(5), 1);
    }

    private static Answer error(int status, String code) {
        return body(status, "<Error><Code>" + code + "</Code><Message>about Jane_Doe</Message></Error>");
    }

    private static Answer body(int status, String xml) {
        return exchange -> {
            byte[] bytes = ("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + xml).getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/xml");
            exchange.sendResponseHeaders(status, bytes.length);
            exchange.getResponseBody().write(bytes);
            exchange.close();
        };
    }

    record Case(int status, String code, Class<? extends StoreException> expected) {}

    static Stream<Case> answers() {
        return Stream.of(
                new Case(404, "NoSuchKey", AbsentException.class),
                new Case(404, "NoSuchVersion", AbsentException.class),
                new Case(404, "NoSuchBucket", PermanentStoreException.class),
                new Case(412, "PreconditionFailed", AlreadyPresentException.class),
                new Case(409, "ConditionalRequestConflict", TransientStoreException.class),
                new Case(409, "OperationAborted", TransientStoreException.class),
                new Case(429, "TooManyRequests", TransientStoreException.class),
                new Case(500, "InternalError", TransientStoreException.class),
                new Case(503, "SlowDown", TransientStoreException.class),
                new Case(503, "ServiceUnavailable", TransientStoreException.class),
                new Case(400, "RequestTimeout", TransientStoreException.class),
                new Case(400, "ExpiredToken", TransientStoreException.class),
                new Case(400, "BadDigest", PermanentStoreException.class),
                new Case(403, "AccessDenied", PermanentStoreException.class),
                new Case(403, "SignatureDoesNotMatch", PermanentStoreException.class),
                new Case(501, "NotImplemented", PermanentStoreException.class));
    }

    @ParameterizedTest
    @MethodSource("answers")
    void everyAnswerHasItsKindAndNamesNoPatient(Case wanted) {
        answer = error(wanted.status(), wanted.code());
        try (ObjectStore store = S3ObjectStore.pooled(settings())) {
            Throwable thrown = catchThrowable(() -> store.put(
                    new PutRequest(KEY, Content.of(new byte[] {1}), "text/plain", Map.of(), Precondition.IF_ABSENT)));
            assertThat(thrown).isExactlyInstanceOf(wanted.expected()).hasMessageContaining(wanted.code());
            for (Throwable t = thrown; t != null; t = t.getCause()) {
                assertThat(String.valueOf(t.getMessage())).doesNotContain("Jane");
            }
        }
    }

    @Test
    void aFailedConditionMeansWhatWasAskedFor() {
        answer = error(412, "PreconditionFailed");
        try (ObjectStore store = S3ObjectStore.pooled(settings())) {
            assertThatThrownBy(() -> store.put(
                            new PutRequest(KEY, Content.of(new byte[1]), "x/y", Map.of(), Precondition.ifMatch("e"))))
                    .isInstanceOf(ConflictException.class);
            assertThatThrownBy(() -> store.read(ReadRequest.range(KEY, new ByteRange(0, 1), "e")))
                    .isInstanceOf(ConflictException.class);
            assertThatThrownBy(() -> store.copyPart(new UploadRef(KEY, "u"), 1, CopySource.pinned(KEY, "e"), null))
                    .isInstanceOf(ConflictException.class);
        }
        answer = error(416, "InvalidRange");
        try (ObjectStore store = S3ObjectStore.pooled(settings())) {
            assertThatThrownBy(() -> store.read(ReadRequest.range(KEY, new ByteRange(9, 1), "e")))
                    .isInstanceOf(RangeException.class);
        }
    }

    /** S3 answers 200 before it knows how a long completion ends. */
    @ParameterizedTest
    @EnumSource
    void anErrorInsideASuccessIsAFailure(Client client) {
        answer = error(200, "InternalError");
        try (ObjectStore store = client.open(settings())) {
            CompleteRequest request = new CompleteRequest(
                    new UploadRef(KEY, "u"), List.of(new Part(1, 1, "e", null)), null, null, Precondition.IF_ABSENT);
            assertThatThrownBy(() -> store.completeUpload(request)).isInstanceOf(TransientStoreException.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aStoreOutOfReachIsAFailureInPassing(Client client) {
        server.stop(0);
        try (ObjectStore store = client.open(settings())) {
            assertThatThrownBy(() -> store.head(KEY)).isInstanceOf(TransientStoreException.class);
            assertThatThrownBy(() -> store.list(ListRequest.under("inbound/st-marys/")))
                    .isInstanceOf(TransientStoreException.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aConnectionThatIsClosedWithoutAnAnswerIsAFailureInPassing(Client client) {
        answer = HttpExchange::close;
        try (ObjectStore store = client.open(settings())) {
            assertThatThrownBy(() -> store.startUpload(new UploadRequest(KEY, "x/y", Map.of())))
                    .isInstanceOf(TransientStoreException.class);
        }
    }

    @ParameterizedTest
    @EnumSource
    void noAnswerInTimeIsAFailureInPassing(Client client) {
        CountDownLatch release = new CountDownLatch(1);
        answer = exchange -> {
            try {
                release.await();
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
            exchange.close();
        };
        S3Settings hasty = settings().withPatience(Duration.ofSeconds(1), Duration.ofMillis(200), 1);
        try (ObjectStore store = client.open(hasty)) {
            assertThatThrownBy(() -> store.head(KEY)).isInstanceOf(TransientStoreException.class);
            assertThat(Thread.currentThread().isInterrupted()).isFalse();
        } finally {
            release.countDown();
        }
    }

    @ParameterizedTest
    @EnumSource
    void anInterruptedCallerKeepsItsInterruption(Client client) {
        answer = error(404, "NoSuchKey");
        try (ObjectStore store = client.open(settings())) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> store.put(PutRequest.of(KEY, Content.of(new byte[1]), "x/y")))
                    .isInstanceOf(TransientStoreException.class);
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource
    void contentThatBreaksOffIsNotTheEnd(Client client) {
        answer = exchange -> {
            exchange.getResponseHeaders().add("ETag", "\"e\"");
            exchange.getResponseHeaders().add("Last-Modified", "Sat, 21 Nov 2026 10:00:00 GMT");
            exchange.sendResponseHeaders(200, 1_000_000);
            exchange.getResponseBody().write(new byte[400_000]);
            exchange.getResponseBody().flush();
            // ends the connection: the server notices that the promised length was not sent
            throw new UncheckedIOException(new IOException("cut"));
        };
        try (ObjectStore store = client.open(settings());
                ObjectContent content = store.read(ReadRequest.whole(KEY))) {
            assertThat(content.info().size()).isEqualTo(1_000_000);
            assertThatThrownBy(() -> content.stream().readAllBytes())
                    .isInstanceOf(IOException.class)
                    .satisfies(e -> assertThat(String.valueOf(e.getMessage())).doesNotContain("Jane"));
        }
    }

    @Test
    void aStoreThatAnswersARangeWithTheWholeObjectIsNotBelieved() {
        answer = exchange -> {
            exchange.getResponseHeaders().add("ETag", "\"e\"");
            exchange.getResponseHeaders().add("Last-Modified", "Sat, 21 Nov 2026 10:00:00 GMT");
            exchange.sendResponseHeaders(200, 10);
            exchange.getResponseBody().write(new byte[10]);
            exchange.close();
        };
        try (ObjectStore store = S3ObjectStore.pooled(settings())) {
            assertThatThrownBy(() -> store.read(ReadRequest.range(KEY, new ByteRange(5, 2), "e")))
                    .isInstanceOf(PermanentStoreException.class);
        }
    }

    @Test
    void checksumsAreSentAsHeadersAndNotAtAllWhereTheyAreNotWanted() {
        answer = exchange -> {
            exchange.getResponseHeaders().add("ETag", "\"e\"");
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        };
        byte[] bytes = {1, 2, 3};
        try (ObjectStore store = S3ObjectStore.pooled(settings())) {
            store.put(PutRequest.of(KEY, Content.of(bytes), "x/y"));
        }
        assertThat(requests.poll())
                .contains("x-amz-checksum-crc32=[" + S3Context.encode(Crc32.of(bytes)) + "]")
                .doesNotContain("trailer", "aws-chunked");
        try (ObjectStore store = S3ObjectStore.pooled(settings().withChecksums(S3Settings.Checksums.WHEN_REQUIRED))) {
            store.put(PutRequest.of(KEY, Content.of(bytes), "x/y"));
        }
        assertThat(requests.poll()).doesNotContain("checksum", "trailer", "aws-chunked");
    }

    @Test
    void whatIsWrittenIsEncryptedWithTheGivenKey() {
        answer = exchange -> {
            exchange.getResponseHeaders().add("ETag", "\"e\"");
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        };
        try (ObjectStore store = S3ObjectStore.pooled(settings().withKmsKeyId("alias/phi"))) {
            store.put(PutRequest.of(KEY, Content.of(new byte[1]), "x/y"));
            assertThat(requests.poll())
                    .contains("x-amz-server-side-encryption=[aws:kms]", "aws-kms-key-id=[alias/phi]")
                    .contains("x-amz-server-side-encryption-bucket-key-enabled=[true]");
            answer = body(200, "<InitiateMultipartUploadResult><UploadId>u</UploadId></InitiateMultipartUploadResult>");
            store.startUpload(new UploadRequest(KEY, "x/y", Map.of()));
            assertThat(requests.poll()).contains("x-amz-server-side-encryption=[aws:kms]");
        }
    }

    @Test
    void callsThatFailInPassingAreTriedAgainAsOftenAsTheSettingsSay() {
        answer = error(503, "SlowDown");
        S3Settings patient = settings().withPatience(Duration.ofSeconds(2), Duration.ofSeconds(5), 3);
        try (ObjectStore store = S3ObjectStore.pooled(patient)) {
            assertThatThrownBy(() -> store.delete(KEY)).isInstanceOf(TransientStoreException.class);
        }
        assertThat(requests).hasSize(3);
    }

    @Test
    void sizesAndChecksumsThatDoNotAddUpAreRefusedWithoutAsking() {
        try (ObjectStore store = S3ObjectStore.pooled(settings())) {
            UploadRef upload = new UploadRef(KEY, "u");
            List<Part> parts = List.of(new Part(1, 3, "e", 1L), new Part(2, 4, "f", 2L));
            assertThatThrownBy(() ->
                            store.completeUpload(new CompleteRequest(upload, parts, 8L, null, Precondition.ALWAYS)))
                    .isInstanceOf(PermanentStoreException.class);
            long right = Crc32.combine(1, 2, 4);
            assertThatThrownBy(() -> store.completeUpload(
                            new CompleteRequest(upload, parts, 7L, right ^ 1, Precondition.ALWAYS)))
                    .isInstanceOf(PermanentStoreException.class);
        }
        assertThat(requests).isEmpty();
    }

    /** A second try finds the parts gone that the first one is still putting together. */
    @Test
    void aCompletionHasTimeForAllOfItsPartsThoughNobodySaidTheSize() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        answer = exchange -> {
            exchange.sendResponseHeaders(200, 0);
            OutputStream blanks = exchange.getResponseBody();
            // As S3 does, so that nobody takes the connection for dead
            while (!released(release)) {
                blanks.write(' ');
                blanks.flush();
            }
            blanks.write("<CompleteMultipartUploadResult><ETag>e</ETag></CompleteMultipartUploadResult>"
                    .getBytes(StandardCharsets.UTF_8));
            exchange.close();
        };
        S3Settings hasty = settings().withPatience(Duration.ofSeconds(1), Duration.ofMillis(200), 2);
        try (ObjectStore store = S3ObjectStore.pooled(hasty)) {
            List<Part> parts = List.of(new Part(1, 5L << 30, "e", null), new Part(2, 5L << 30, "f", null));
            CompleteRequest request =
                    new CompleteRequest(new UploadRef(KEY, "u"), parts, null, null, Precondition.ALWAYS);
            Future<?> completed = threads.submit(() -> store.completeUpload(request));
            assertThatThrownBy(() -> completed.get(1, TimeUnit.SECONDS)).isInstanceOf(TimeoutException.class);
            release.countDown();
            completed.get(30, TimeUnit.SECONDS);
        } finally {
            release.countDown();
        }
        assertThat(requests).hasSize(1);
    }

    private static boolean released(CountDownLatch release) {
        try {
            return release.await(20, TimeUnit.MILLISECONDS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return true;
        }
    }
}
