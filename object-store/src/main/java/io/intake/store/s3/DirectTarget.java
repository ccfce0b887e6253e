package io.intake.store.s3;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.endpoints.AwsEndpointAttribute;
import software.amazon.awssdk.awscore.endpoints.authscheme.EndpointAuthScheme;
import software.amazon.awssdk.awscore.endpoints.authscheme.SigV4AuthScheme;
import software.amazon.awssdk.endpoints.Endpoint;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.endpoints.S3EndpointParams;
import software.amazon.awssdk.services.s3.endpoints.S3EndpointProvider;
import software.amazon.awssdk.utils.CompletableFutureUtils;

/**
 * Where a bucket's requests go, as the SDK's own rules say.
 *
 * @param url scheme, host, port and what stands before the key
 * @param region that signatures name
 */
record DirectTarget(URI url, String region) {

    /**
     * Resolves the bucket's address. Empty where requests cannot go straight there: through a proxy, or signed otherwise than
     * by SigV4.
     *
     * @param environment for the proxies' variables that the SDK obeys
     */
    static Optional<DirectTarget> of(S3Settings settings, Map<String, String> environment) {
        URI endpoint = settings.endpoint();
        Endpoint resolved = CompletableFutureUtils.joinLikeSync(S3EndpointProvider.defaultProvider()
                .resolveEndpoint(S3EndpointParams.builder()
                        .bucket(settings.bucket())
                        .region(Region.of(settings.region()))
                        .forcePathStyle(settings.pathStyle())
                        .endpoint(endpoint == null ? null : endpoint.toString())
                        .build()));
        List<EndpointAuthScheme> schemes = resolved.attribute(AwsEndpointAttribute.AUTH_SCHEMES);
        if (schemes == null || schemes.isEmpty() || !(schemes.get(0) instanceof SigV4AuthScheme scheme)) {
            return Optional.empty();
        }
        URI url = resolved.url();
        String region = scheme.signingRegion();
        return isProxied(url, environment) || !"s3".equals(scheme.signingName())
                ? Optional.empty()
                : Optional.of(new DirectTarget(url, region == null ? settings.region() : region));
    }

    private static boolean isProxied(URI url, Map<String, String> environment) {
        if (isLoopback(url)) {
            return false;
        }
        String variable = url.getScheme() + "_proxy";
        return isGiven(System.getProperty(url.getScheme() + ".proxyHost"))
                || isGiven(environment.get(variable))
                || isGiven(environment.get(variable.toUpperCase(Locale.ROOT)));
    }

    private static boolean isGiven(@Nullable String value) {
        return value != null && !value.isBlank();
    }

    private static boolean isLoopback(URI url) {
        String host = url.getHost();
        boolean literal = host.startsWith("127.") || host.equals("[::1]") || host.equals("localhost");
        try {
            return literal && InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException _) {
            return false;
        }
    }

    boolean isEncrypted() {
        return "https".equals(url.getScheme());
    }

    /**
     * Whether each payload's SHA-256 goes into the signature, as the SDK does it without TLS: there somebody on the way could
     * change bytes and their CRC32. Nobody is on the way to this machine itself.
     */
    boolean signsPayload() {
        return !isEncrypted() && !isLoopback(url);
    }

    String host() {
        return url.getHost();
    }

    int port() {
        return url.getPort() >= 0 ? url.getPort() : isEncrypted() ? 443 : 80;
    }
}
