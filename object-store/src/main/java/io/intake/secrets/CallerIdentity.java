package io.intake.secrets;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
 * Who the caller is in AWS's eyes ({@code GetCallerIdentity}, which needs no permission), with the signer that the S3 client
 * brings along: one call is not worth one client more. Thread-safe.
 */
public final class CallerIdentity {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final int MAX_ANSWER_BYTES = 1 << 16;
    private static final Pattern ARN = Pattern.compile("<Arn>([^<]{1,2048})</Arn>");

    private CallerIdentity() {}

    /**
     * The ARN of the SDK's default credentials.
     *
     * @param environment {@code AWS_REGION}; {@code AWS_ENDPOINT_URL_STS} replaces AWS's own address
     * @throws IOException if it cannot be had; the message holds no secret
     */
    public static String arn(Map<String, String> environment, InstantSource clock) throws IOException {
        String region = environment.getOrDefault("AWS_REGION", "").strip();
        if (!region.matches("[a-z0-9-]{1,32}")) {
            throw new IOException("AWS_REGION is not set");
        }
        String domain = region.startsWith("cn-") ? "amazonaws.com.cn" : "amazonaws.com";
        URI endpoint =
                URI.create(environment.getOrDefault("AWS_ENDPOINT_URL_STS", "https://sts." + region + "." + domain));
        try (SdkHttpClient http = UrlConnectionHttpClient.builder()
                        .connectionTimeout(TIMEOUT)
                        .socketTimeout(TIMEOUT)
                        .build();
                DefaultCredentialsProvider credentials =
                        DefaultCredentialsProvider.builder().build()) {
            return answer(http.prepareRequest(signed(endpoint, region, credentials, clock))
                    .call());
        } catch (SdkException e) {
            throw new IOException("no credentials for it: " + e.getMessage(), e);
        }
    }

    private static HttpExecuteRequest signed(
            URI endpoint, String region, DefaultCredentialsProvider credentials, InstantSource clock) {
        byte[] body = "Action=GetCallerIdentity&Version=2011-06-15".getBytes(StandardCharsets.US_ASCII);
        SdkHttpRequest request = SdkHttpRequest.builder()
                .method(SdkHttpMethod.POST)
                .uri(endpoint.resolve("/"))
                .putHeader("Content-Type", "application/x-www-form-urlencoded")
                .build();
        SignedRequest signed = AwsV4HttpSigner.create()
                .sign(sign -> sign.identity(credentials.resolveCredentials())
                        .request(request)
                        .payload(ContentStreamProvider.fromByteArray(body))
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, "sts")
                        .putProperty(AwsV4HttpSigner.REGION_NAME, region)
                        .putProperty(HttpSigner.SIGNING_CLOCK, clock.withZone(ZoneOffset.UTC)));
        return HttpExecuteRequest.builder()
                .request(signed.request())
                .contentStreamProvider(signed.payload().orElseThrow())
                .build();
    }

    private static String answer(HttpExecuteResponse response) throws IOException {
        byte[] body = new byte[0];
        if (response.responseBody().isPresent()) {
            try (InputStream in = response.responseBody().get()) {
                body = in.readNBytes(MAX_ANSWER_BYTES);
            }
        }
        Matcher arn = ARN.matcher(new String(body, StandardCharsets.UTF_8));
        if (response.httpResponse().statusCode() != 200 || !arn.find()) {
            throw new IOException(
                    "the service answers " + response.httpResponse().statusCode());
        }
        return arn.group(1);
    }
}
