package io.intake.store.s3;

import java.net.URI;
import java.time.Duration;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache5.Apache5HttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;
import software.amazon.awssdk.services.s3.S3Configuration;

/** Builds SDK clients. */
final class S3Clients {
    /** Behind this age of silence a pooled connection is more likely dead than alive; S3 closes idle ones itself. */
    private static final Duration MAX_IDLE = Duration.ofSeconds(20);

    private S3Clients() {}

    /** A pooled client for a process that runs for long and sends from many threads. */
    static S3Client pooled(S3Settings settings, AwsCredentialsProvider credentials) {
        return build(
                settings,
                credentials,
                Apache5HttpClient.builder()
                        .maxConnections(settings.maxConnections())
                        .connectionTimeout(settings.connectTimeout())
                        .connectionAcquisitionTimeout(settings.callTimeout())
                        .connectionMaxIdleTime(MAX_IDLE)
                        .socketTimeout(settings.callTimeout())
                        .tcpKeepAlive(true));
    }

    /** A client on the JDK's own connections, which loads quickly: for functions. */
    static S3Client light(S3Settings settings, AwsCredentialsProvider credentials) {
        return build(
                settings,
                credentials,
                UrlConnectionHttpClient.builder()
                        .connectionTimeout(settings.connectTimeout())
                        .socketTimeout(settings.callTimeout()));
    }

    /** A client over any HTTP client. */
    static S3Client build(S3Settings settings, AwsCredentialsProvider credentials, SdkHttpClient.Builder<?> http) {
        S3ClientBuilder builder = S3Client.builder()
                // as a builder, so that closing the S3 client closes the connections too
                .httpClientBuilder(http)
                .region(Region.of(settings.region()))
                .credentialsProvider(credentials)
                .forcePathStyle(settings.pathStyle())
                // The adapter hands over checksums that it knows; the SDK's own wrapper would compute them once more
                // and
                // send them as trailers, which some stores refuse.
                .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
                .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
                // With the checksum in a header nothing needs chunked framing: over https the payload stays unsigned,
                // over
                // http its SHA-256 goes into the signature.
                .serviceConfiguration(
                        S3Configuration.builder().chunkedEncodingEnabled(false).build())
                .overrideConfiguration(
                        override -> override.retryStrategy(AwsRetryStrategy.standardRetryStrategy().toBuilder()
                                .maxAttempts(settings.attempts())
                                .build()));
        URI endpoint = settings.endpoint();
        return (endpoint == null ? builder : builder.endpointOverride(endpoint)).build();
    }

    /** Where the settings' credentials come from. */
    static AwsCredentialsProvider credentials(S3Settings settings) {
        S3Settings.Credentials fixed = settings.credentials();
        return fixed == null
                ? DefaultCredentialsProvider.builder().build()
                : StaticCredentialsProvider.create(AwsBasicCredentials.create(fixed.accessKey(), fixed.secretKey()));
    }
}
