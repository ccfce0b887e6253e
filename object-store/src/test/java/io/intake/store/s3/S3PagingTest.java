package io.intake.store.s3;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.intake.store.ObjectStore;
import io.intake.store.Part;
import io.intake.store.UploadPage;
import io.intake.store.UploadRef;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An upload or part on a second page that nobody asks for is a file that is not resumed, or resumed with a hole. */
class S3PagingTest {
    private final List<String> queries = Collections.synchronizedList(new ArrayList<>());
    private final Deque<String> answers = new ArrayDeque<>();
    private final HttpServer server;

    S3PagingTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }

    @BeforeEach
    void listen() {
        server.createContext("/", exchange -> {
            queries.add(exchange.getRequestURI().getRawQuery());
            byte[] body = answers.removeFirst().getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "application/xml");
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private ObjectStore store() {
        return S3ObjectStore.pooled(S3Settings.of("intake", "us-east-1")
                .withEndpoint(
                        URI.create("http://127.0.0.1:" + server.getAddress().getPort()))
                .withCredentials(new S3Settings.Credentials("key", "secret")));
    }

    @Test
    void unfinishedUploadsGoOnBehindTheLastOneWithItsKeyDecoded() {
        answers.add("<ListMultipartUploadsResult><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated>"
                + "<NextKeyMarker>inbound/p/a+b%2B%C3%BC</NextKeyMarker><NextUploadIdMarker>id/1</NextUploadIdMarker>"
                + "<Upload><Key>inbound/p/a+b%2B%C3%BC</Key><UploadId>id/1</UploadId>"
                + "<Initiated>2026-11-21T10:00:00.000Z</Initiated></Upload></ListMultipartUploadsResult>");
        answers.add("<ListMultipartUploadsResult><EncodingType>url</EncodingType><IsTruncated>false</IsTruncated>"
                + "<Upload><Key>inbound/p/c</Key><UploadId>id2</UploadId>"
                + "<Initiated>2026-11-21T10:00:00.000Z</Initiated></Upload></ListMultipartUploadsResult>");
        try (ObjectStore store = store()) {
            UploadPage first = store.listUploads("inbound/p/", null);
            assertThat(first.uploads())
                    .extracting(UploadPage.Unfinished::ref)
                    .containsExactly(new UploadRef("inbound/p/a b+ü", "id/1"));
            UploadPage second = store.listUploads("inbound/p/", first.continuation());
            assertThat(second.uploads())
                    .extracting(UploadPage.Unfinished::ref)
                    .containsExactly(new UploadRef("inbound/p/c", "id2"));
            assertThat(second.continuation()).isNull();
        }
        assertThat(queries.get(1)).contains("key-marker=inbound%2Fp%2Fa%20b%2B%C3%BC", "upload-id-marker=id%2F1");
    }

    @Test
    void allPagesOfPartsAreOneListWithTheirChecksums() {
        answers.add("<ListPartsResult><IsTruncated>true</IsTruncated><NextPartNumberMarker>1</NextPartNumberMarker>"
                + "<Part><PartNumber>1</PartNumber><ETag>\"e1\"</ETag><Size>5</Size>"
                + "<ChecksumCRC32>AAAAAQ==</ChecksumCRC32></Part></ListPartsResult>");
        answers.add("<ListPartsResult><IsTruncated>false</IsTruncated>"
                + "<Part><PartNumber>2</PartNumber><ETag>\"e2\"</ETag><Size>6</Size>"
                + "<ChecksumCRC32>/////w==</ChecksumCRC32></Part></ListPartsResult>");
        try (ObjectStore store = store()) {
            assertThat(store.listParts(new UploadRef("inbound/p/a", "u")))
                    .containsExactly(new Part(1, 5, "e1", 1L), new Part(2, 6, "e2", 0xFFFFFFFFL));
        }
        assertThat(queries.get(1)).contains("part-number-marker=1");
    }
}
