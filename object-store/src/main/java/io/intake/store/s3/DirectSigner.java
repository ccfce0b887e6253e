package io.intake.store.s3;

import io.intake.store.Content;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4FamilyHttpSigner;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignRequest;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.utils.http.SdkHttpUtils;

/** Makes the heads of signed requests; the SDK's signer signs. Thread-safe. */
final class DirectSigner {
    private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();
    private final DirectTarget target;
    private final Clock clock;

    DirectSigner(DirectTarget target, Clock clock) {
        this.target = target;
        this.clock = clock;
    }

    /**
     * The bytes before a request's content.
     *
     * @param query may be empty
     * @param headers the lengths and the host's name not among them
     */
    byte[] put(
            String key,
            Map<String, String> query,
            Map<String, String> headers,
            Content content,
            AwsCredentialsIdentity credentials) {
        return head(SdkHttpMethod.PUT, key, query, headers, content, credentials);
    }

    /** A request without content. */
    byte[] get(String key, Map<String, String> query, Map<String, String> headers, AwsCredentialsIdentity credentials) {
        return head(SdkHttpMethod.GET, key, query, headers, null, credentials);
    }

    private byte[] head(
            SdkHttpMethod method,
            String key,
            Map<String, String> query,
            Map<String, String> headers,
            @Nullable Content content,
            AwsCredentialsIdentity credentials) {
        URI url = target.url();
        String path = SdkHttpUtils.appendUri(
                url.getRawPath() == null ? "" : url.getRawPath(), SdkHttpUtils.urlEncodeIgnoreSlashes(key));
        SdkHttpRequest.Builder request = SdkHttpRequest.builder()
                .method(method)
                // not part of the signature; without TLS the signer would not leave a payload unsigned
                .protocol(target.signsPayload() ? "http" : "https")
                .host(target.host())
                .port(target.port())
                .encodedPath(path);
        headers.forEach(request::putHeader);
        query.forEach(request::putRawQueryParameter);
        request.putHeader("Host", authority());
        SignRequest.Builder<AwsCredentialsIdentity> sign = SignRequest.builder(credentials)
                .request(request.build())
                .putProperty(AwsV4FamilyHttpSigner.SERVICE_SIGNING_NAME, "s3")
                .putProperty(AwsV4HttpSigner.REGION_NAME, target.region())
                .putProperty(AwsV4FamilyHttpSigner.DOUBLE_URL_ENCODE, false)
                .putProperty(AwsV4FamilyHttpSigner.NORMALIZE_PATH, false)
                .putProperty(AwsV4FamilyHttpSigner.PAYLOAD_SIGNING_ENABLED, target.signsPayload())
                .putProperty(HttpSigner.SIGNING_CLOCK, clock);
        if (target.signsPayload() && content != null) {
            sign.payload(content::newStream);
        }
        return head(signer.sign(sign.build()).request(), content);
    }

    private String authority() {
        int usual = target.isEncrypted() ? 443 : 80;
        return target.port() == usual ? target.host() : target.host() + ":" + target.port();
    }

    private static byte[] head(SdkHttpRequest request, @Nullable Content content) {
        StringBuilder head = new StringBuilder(1024)
                .append(request.method().name())
                .append(' ')
                .append(request.encodedPath());
        request.encodedQueryParameters().ifPresent(query -> head.append('?').append(query));
        head.append(" HTTP/1.1\r\n");
        request.forEachHeader((name, values) -> append(head, name, values));
        if (content != null) {
            head.append("Content-Length: ").append(content.length()).append("\r\n");
        }
        return head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void append(StringBuilder head, String name, List<String> values) {
        for (String value : values) {
            if (value.indexOf('\r') >= 0 || value.indexOf('\n') >= 0) {
                throw new IllegalArgumentException("a header's value has one line");
            }
            head.append(name).append(": ").append(value).append("\r\n");
        }
    }
}
