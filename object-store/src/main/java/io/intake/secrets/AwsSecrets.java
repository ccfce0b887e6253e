package io.intake.secrets;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.SignedRequest;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;

/**
 * Reads secrets of AWS Secrets Manager ({@code GetSecretValue}) and of the parameter store of Systems Manager ({@code
 * GetParameter}), with the signer and the credentials that the S3 client brings along: one call at the start is not worth two
 * clients more. Thread-safe; each read blocks for a few seconds at most.
 */
public final class AwsSecrets {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    /** Secrets Manager takes 64 KiB; the rest is JSON's. */
    private static final int MAX_ANSWER_BYTES = 1 << 20;

    private static final int OK = 200;
    /** How Secrets Manager and the parameter store say it. */
    private static final Set<String> ABSENT = Set.of("ResourceNotFoundException", "ParameterNotFound");

    private static final ObjectMapper JSON = new ObjectMapper();

    private final Function<SecretName.Service, URI> endpoints;
    private final String region;
    private final AwsCredentialsProvider credentials;
    private final Clock clock;

    /**
     * Reads with given credentials.
     *
     * @param endpoints where each service is
     * @param region goes into the signatures
     */
    AwsSecrets(
            Function<SecretName.Service, URI> endpoints,
            String region,
            AwsCredentialsProvider credentials,
            InstantSource clock) {
        this.endpoints = endpoints;
        this.region = region;
        this.credentials = credentials;
        this.clock = clock.withZone(ZoneOffset.UTC);
    }

    /**
     * Reads with the SDK's default credentials (environment, container or instance role). {@code AWS_REGION} must be given;
     * {@code AWS_ENDPOINT_URL_SECRETS_MANAGER} and {@code AWS_ENDPOINT_URL_SSM} replace AWS's own addresses.
     *
     * @throws IllegalArgumentException naming the variable that is missing or wrong
     */
    public static AwsSecrets fromEnvironment(Map<String, String> environment, InstantSource clock) {
        String region = environment.getOrDefault("AWS_REGION", "").strip();
        if (!region.matches("[a-z0-9-]{1,32}")) {
            throw new IllegalArgumentException("AWS_REGION is not set, which secrets kept by AWS need");
        }
        return new AwsSecrets(
                service -> endpoint(service, region, environment),
                region,
                DefaultCredentialsProvider.builder().build(),
                clock);
    }

    private static URI endpoint(SecretName.Service service, String region, Map<String, String> environment) {
        String variable = switch (service) {
            case SECRETS_MANAGER -> "AWS_ENDPOINT_URL_SECRETS_MANAGER";
            case PARAMETER_STORE -> "AWS_ENDPOINT_URL_SSM";
        };
        String given = environment.getOrDefault(variable, "").strip();
        String domain = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
        try {
            return URI.create(given.isEmpty() ? "https://" + service.scheme() + "." + region + "." + domain : given);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(variable + " is not an address", e);
        }
    }

    /**
     * Reads a secret's text.
     *
     * @throws IOException if it cannot be had; the message says why and holds nothing of a secret
     */
    public String read(SecretName name) throws IOException {
        return find(name).orElseThrow(() -> new IOException("there is no such secret"));
    }

    /**
     * Reads a secret's text; empty if there is no such secret.
     *
     * @throws IOException if it cannot be had; the message says why and holds nothing of a secret
     */
    public Optional<String> find(SecretName name) throws IOException {
        JsonNode answer = call(name);
        if (answer.isMissingNode()) {
            return Optional.empty();
        }
        JsonNode text = switch (name.service()) {
            case SECRETS_MANAGER -> answer.path("SecretString");
            case PARAMETER_STORE -> answer.path("Parameter").path("Value");
        };
        if (!text.isTextual() || text.asText().isEmpty()) {
            throw new IOException("the secret has no text");
        }
        return Optional.of(text.asText());
    }

    /** The service's answer; a missing node where it has no such secret. */
    private JsonNode call(SecretName name) throws IOException {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        String target = switch (name.service()) {
            case SECRETS_MANAGER -> {
                body.put("SecretId", name.id());
                yield "secretsmanager.GetSecretValue";
            }
            case PARAMETER_STORE -> {
                body.put("Name", name.id()).put("WithDecryption", true);
                yield "AmazonSSM.GetParameter";
            }
        };
        byte[] json = JSON.writeValueAsBytes(body);
        try (SdkHttpClient http = UrlConnectionHttpClient.builder()
                .connectionTimeout(TIMEOUT)
                .socketTimeout(TIMEOUT)
                .build()) {
            HttpExecuteResponse response =
                    http.prepareRequest(signed(name.service(), target, json)).call();
            return answer(response);
        } catch (SdkException e) {
            // the message of a credentials provider names files and addresses, not secrets
            throw new IOException("no credentials for it: " + e.getMessage(), e);
        }
    }

    private HttpExecuteRequest signed(SecretName.Service service, String target, byte[] json) {
        SdkHttpRequest request = SdkHttpRequest.builder()
                .method(SdkHttpMethod.POST)
                .uri(endpoints.apply(service).resolve("/"))
                .putHeader("Content-Type", "application/x-amz-json-1.1")
                .putHeader("X-Amz-Target", target)
                .build();
        SignedRequest signed = AwsV4HttpSigner.create()
                .sign(sign -> sign.identity(credentials.resolveCredentials())
                        .request(request)
                        .payload(ContentStreamProvider.fromByteArray(json))
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, service.scheme())
                        .putProperty(AwsV4HttpSigner.REGION_NAME, region)
                        .putProperty(HttpSigner.SIGNING_CLOCK, clock));
        return HttpExecuteRequest.builder()
                .request(signed.request())
                .contentStreamProvider(signed.payload().orElseThrow())
                .build();
    }

    private static JsonNode answer(HttpExecuteResponse response) throws IOException {
        int status = response.httpResponse().statusCode();
        byte[] body = new byte[0];
        if (response.responseBody().isPresent()) {
            try (InputStream in = response.responseBody().get()) {
                body = in.readNBytes(MAX_ANSWER_BYTES);
            }
        }
        if (status == OK) {
            return JSON.readTree(body);
        }
        String kind = kind(body);
        if (ABSENT.contains(kind)) {
            return MissingNode.getInstance();
        }
        throw new IOException("the service answers " + status + " " + kind);
    }

    /** The error's name, without the message. */
    private static String kind(byte[] body) {
        try {
            String type = JSON.readTree(new String(body, StandardCharsets.UTF_8))
                    .path("__type")
                    .asText();
            return type.substring(type.indexOf('#') + 1).replaceAll("[^A-Za-z]", "");
        } catch (IOException noJson) {
            return "";
        }
    }
}
