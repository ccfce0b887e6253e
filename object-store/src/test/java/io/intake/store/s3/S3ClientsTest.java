package io.intake.store.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.AbortableInputStream;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.utils.AttributeMap;

/** Hashing every byte of every hospital's upload for a signature that TLS makes needless costs a core per GiB and second. */
class S3ClientsTest {
    private static final String CONTENT_HASH = "x-amz-content-sha256";
    private final Recorder recorder = new Recorder();

    @Test
    void overTlsThePayloadIsNotHashed() {
        SdkHttpRequest sent = put("https://s3.example.test");
        assertThat(sent.firstMatchingHeader(CONTENT_HASH)).contains("UNSIGNED-PAYLOAD");
        assertThat(sent.firstMatchingHeader("x-amz-checksum-crc32")).contains("AAAAAA==");
    }

    @Test
    void withoutTlsThePayloadsHashIsSigned() {
        SdkHttpRequest sent = put("http://127.0.0.1:9000");
        assertThat(sent.firstMatchingHeader(CONTENT_HASH))
                .hasValueSatisfying(hash -> assertThat(hash).matches("[0-9a-f]{64}"));
    }

    @Test
    void thePayloadIsSentAsItIsOverBoth() {
        for (String endpoint : List.of("https://s3.example.test", "http://127.0.0.1:9000")) {
            SdkHttpRequest sent = put(endpoint);
            assertThat(sent.firstMatchingHeader("Content-Length")).contains("5");
            assertThat(sent.headers()).doesNotContainKeys("x-amz-trailer", "x-amz-decoded-content-length");
            assertThat(sent.firstMatchingHeader("Content-Encoding")).isEmpty();
        }
    }

    @Test
    void anEndpointIsAskedWithTheBucketInThePathAndAwsWithItInTheHost() {
        assertThat(put("https://s3.example.test").encodedPath()).isEqualTo("/intake/jobs/a");
        try (S3Client client = build(credentialed())) {
            client.headObject(head -> head.bucket("intake").key("jobs/a"));
        }
        SdkHttpRequest sent = recorder.requests.getLast();
        assertThat(sent.host()).isEqualTo("intake.s3.eu-central-1.amazonaws.com");
        assertThat(sent.encodedPath()).isEqualTo("/jobs/a");
    }

    @Test
    void closingTheClientClosesItsConnections() {
        build(credentialed()).close();
        assertThat(recorder.closed).isTrue();
    }

    private SdkHttpRequest put(String endpoint) {
        try (S3Client client = build(credentialed().withEndpoint(URI.create(endpoint)))) {
            client.putObject(
                    put -> put.bucket("intake").key("jobs/a").checksumCRC32("AAAAAA=="),
                    RequestBody.fromBytes("bytes".getBytes(StandardCharsets.UTF_8)));
        }
        return recorder.requests.getLast();
    }

    private S3Client build(S3Settings settings) {
        return S3Clients.build(settings, S3Clients.credentials(settings), new RecorderBuilder());
    }

    private static S3Settings credentialed() {
        return S3Settings.of("intake", "eu-central-1").withCredentials(new S3Settings.Credentials("key", "secret"));
    }

    private final class RecorderBuilder implements SdkHttpClient.Builder<RecorderBuilder> {
        @Override
        public SdkHttpClient buildWithDefaults(AttributeMap defaults) {
            return recorder;
        }
    }

    /** Answers everything with an empty success. */
    private static final class Recorder implements SdkHttpClient {
        private final List<SdkHttpRequest> requests = new ArrayList<>();
        private boolean closed;

        @Override
        public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
            requests.add(request.httpRequest());
            return new ExecutableHttpRequest() {
                @Override
                public HttpExecuteResponse call() {
                    return HttpExecuteResponse.builder()
                            .response(SdkHttpResponse.builder()
                                    .statusCode(200)
                                    .putHeader("ETag", "\"e\"")
                                    .build())
                            .responseBody(AbortableInputStream.create(new ByteArrayInputStream(new byte[0])))
                            .build();
                }

                @Override
                public void abort() {}
            };
        }

        @Override
        public void close() {
            closed = true;
        }
    }
}
