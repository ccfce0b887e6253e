package io.intake.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.concurrent.LinkedBlockingQueue;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;

/** A gateway whose host key cannot be fetched does not start; one that is fetched by an unsigned call could be anybody's. */
class AwsSecretsTest {
    private static final Instant NOW = Instant.parse("2026-06-01T12:00:00Z");
    private static final String SECRET_KEY = "wJalr";

    private record Call(String target, String body, String authorization, String expected, String token) {}

    private final LinkedBlockingQueue<Call> calls = new LinkedBlockingQueue<>();
    private HttpServer server;
    private volatile int status = 200;
    private volatile String answer = "";

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::serve);
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private void serve(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        String authorization = exchange.getRequestHeaders().getFirst("Authorization");
        calls.add(new Call(
                exchange.getRequestHeaders().getFirst("X-Amz-Target"),
                new String(body, StandardCharsets.UTF_8),
                authorization,
                expected(exchange, body, authorization),
                exchange.getRequestHeaders().getFirst("X-Amz-Security-Token")));
        byte[] bytes = answer.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    /** Signature Version 4 over what came, computed independently (AWS General Reference, "Create a signed request"). */
    private static String expected(HttpExchange exchange, byte[] body, String authorization) {
        try {
            String headers = authorization.replaceFirst(".*SignedHeaders=([^,]*),.*", "$1");
            String scope = authorization.replaceFirst(".*Credential=[^/]*/([^,]*),.*", "$1");
            StringBuilder canonical = new StringBuilder("POST\n/\n\n");
            for (String name : headers.split(";", -1)) {
                canonical
                        .append(name)
                        .append(':')
                        .append(exchange.getRequestHeaders().getFirst(name).strip())
                        .append('\n');
            }
            canonical.append('\n').append(headers).append('\n').append(sha256(body));
            String toSign = "AWS4-HMAC-SHA256\n" + exchange.getRequestHeaders().getFirst("X-Amz-Date") + "\n" + scope
                    + "\n" + sha256(canonical.toString().getBytes(StandardCharsets.UTF_8));
            byte[] key = ("AWS4" + SECRET_KEY).getBytes(StandardCharsets.UTF_8);
            for (String part : scope.split("/", -1)) {
                key = hmac(key, part);
            }
            return HexFormat.of().formatHex(hmac(key, toSign));
        } catch (Exception e) {
            return "not computed: " + e;
        }
    }

    private static String sha256(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    private static byte[] hmac(byte[] key, String text) throws Exception {
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(key, "HmacSHA256"));
        return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    }

    private AwsSecrets secrets() {
        URI endpoint = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        return new AwsSecrets(
                _ -> endpoint,
                "eu-west-1",
                StaticCredentialsProvider.create(AwsSessionCredentials.create("AKID", SECRET_KEY, "session-token")),
                () -> NOW);
    }

    private static SecretName name(String text) {
        return SecretName.parse(text).orElseThrow();
    }

    @Test
    void secretsManagerIsAskedWithASignatureThatHolds() throws Exception {
        answer = "{\"Name\":\"x\",\"SecretString\":\"line 1\\nline 2\"}";
        assertThat(secrets().read(name("secretsmanager:intake/prod/host-keys"))).isEqualTo("line 1\nline 2");
        Call call = calls.take();
        assertThat(call.target()).isEqualTo("secretsmanager.GetSecretValue");
        assertThat(call.body()).isEqualTo("{\"SecretId\":\"intake/prod/host-keys\"}");
        assertThat(call.authorization())
                .startsWith("AWS4-HMAC-SHA256 Credential=AKID/20260601/eu-west-1/secretsmanager/aws4_request")
                .contains("x-amz-target")
                .endsWith("Signature=" + call.expected());
        assertThat(call.token()).isEqualTo("session-token");
    }

    @Test
    void theParameterStoreIsAskedToDecrypt() throws Exception {
        answer = "{\"Parameter\":{\"Name\":\"/x\",\"Value\":\"v\"}}";
        assertThat(secrets().read(name("ssm:/intake/prod/host-keys"))).isEqualTo("v");
        Call call = calls.take();
        assertThat(call.target()).isEqualTo("AmazonSSM.GetParameter");
        assertThat(call.body()).isEqualTo("{\"Name\":\"/intake/prod/host-keys\",\"WithDecryption\":true}");
        assertThat(call.authorization())
                .contains("/eu-west-1/ssm/aws4_request")
                .endsWith("Signature=" + call.expected());
    }

    @Test
    void whatIsNotThereIsNotAnError() throws IOException {
        status = 400;
        for (String kind : new String[] {"com.amazon#ResourceNotFoundException", "ParameterNotFound"}) {
            answer = "{\"__type\":\"" + kind + "\",\"Message\":\"words\"}";
            assertThat(secrets().find(name("ssm:x"))).isEmpty();
            assertThatThrownBy(() -> secrets().read(name("ssm:x")))
                    .isInstanceOf(IOException.class)
                    .hasMessage("there is no such secret");
        }
    }

    @Test
    void whatCannotBeHadIsToldWithoutTheServicesWords() {
        status = 400;
        answer = "{\"__type\":\"com.amazon#AccessDeniedException\",\"Message\":\"words\"}";
        assertThatThrownBy(() -> secrets().find(name("ssm:x")))
                .isInstanceOf(IOException.class)
                .hasMessage("the service answers 400 AccessDeniedException");
        answer = "<html>";
        assertThatThrownBy(() -> secrets().read(name("ssm:x"))).hasMessage("the service answers 400 ");
        status = 200;
        answer = "{\"SecretBinary\":\"AAAA\"}";
        assertThatThrownBy(() -> secrets().read(name("secretsmanager:x"))).hasMessage("the secret has no text");
        answer = "nonsense";
        assertThatThrownBy(() -> secrets().read(name("secretsmanager:x"))).isInstanceOf(IOException.class);
    }

    @Test
    void namesAreReadWithTheServiceInFront() {
        assertThat(name("ssm:/a/b")).hasToString("ssm:/a/b");
        for (String bad : new String[] {"", "ssm:", "vault:x", "secretsmanager", "ssm:a b", "ssm:a\n"}) {
            assertThat(SecretName.parse(bad)).as(bad).isEmpty();
        }
    }

    @Test
    void aRegionIsNeededAndAddressesCanBeReplaced() {
        assertThatThrownBy(() -> AwsSecrets.fromEnvironment(Map.of(), () -> NOW))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("AWS_REGION");
        assertThat(AwsSecrets.fromEnvironment(Map.of("AWS_REGION", "eu-west-1"), () -> NOW))
                .isNotNull();
    }
}
