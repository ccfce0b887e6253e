package io.intake.store.s3;

import io.intake.store.Content;
import io.intake.store.Precondition;
import io.intake.store.StoreException;
import io.intake.store.TransientStoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Requests whose content goes straight from memory onto a kept-alive connection, or from there into memory. The SDK's way
 * takes about half a millisecond of processor time for each request and copies content through six streams in pieces of a
 * few KiB; these requests, PutObject, UploadPart and GetObject of a range, are all but a few of a gateway's. Address, credentials and signature are the SDK's;
 * failures and how often they are tried again are as with it. Thread-safe.
 */
final class DirectSender implements AutoCloseable {
    private static final Pattern CODE = Pattern.compile("<Code>([A-Za-z0-9.]{1,80})</Code>");
    private static final Duration FIRST_PAUSE = Duration.ofMillis(100);
    private static final Duration FIRST_PAUSE_THROTTLED = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(20);

    private final S3Context s3;
    private final S3Settings settings;
    private final AwsCredentialsProvider credentials;
    private final DirectSigner signer;
    private final HttpConnections connections;

    private DirectSender(
            S3Context s3,
            S3Settings settings,
            AwsCredentialsProvider credentials,
            DirectTarget target,
            SSLContext tls) {
        this.s3 = s3;
        this.settings = settings;
        this.credentials = credentials;
        this.signer = new DirectSigner(target, Clock.systemUTC());
        this.connections = new HttpConnections(
                target.host(), target.port(), target.isEncrypted() ? tls : null, settings, System::nanoTime);
    }

    /** A sender; empty where requests must go the SDK's way ({@link DirectTarget#of}). */
    static Optional<DirectSender> of(S3Context s3, S3Settings settings, AwsCredentialsProvider credentials) {
        SSLContext tls;
        try {
            tls = SSLContext.getDefault();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("the JDK's TLS cannot be set up", e);
        }
        return DirectTarget.of(settings, System.getenv())
                .map(target -> new DirectSender(s3, settings, credentials, target, tls));
    }

    /**
     * Sends content to a key, as often as the settings say.
     *
     * @return an answer of success
     * @throws StoreException as the port defines
     */
    HttpAnswer put(
            String operation,
            String key,
            Precondition condition,
            Map<String, String> query,
            Map<String, String> headers,
            Content content) {
        return repeat(operation, key, condition, () -> {
            byte[] head = signer.put(key, query, headers, content, credentials.resolveCredentials());
            return successful(connections.exchange(head, content, s3.duration(content.length())));
        });
    }

    /**
     * Asks for a key's content, as often as the settings say.
     *
     * @return an answer of success, whose body the caller reads and closes
     * @throws StoreException as the port defines
     */
    HttpBody get(
            String operation,
            String key,
            Precondition condition,
            Map<String, String> query,
            Map<String, String> headers) {
        return repeat(operation, key, condition, () -> {
            HttpBody body = connections.open(signer.get(key, query, headers, credentials.resolveCredentials()));
            boolean good = false;
            try {
                HttpAnswer ignored = successful(body.answer());
                good = true;
                return body;
            } finally {
                if (!good) {
                    body.close();
                }
            }
        });
    }

    private interface Attempt<T> {
        T make() throws IOException, InterruptedException;
    }

    private <T> T repeat(String operation, String key, Precondition condition, Attempt<T> request) {
        for (int attempt = 1; ; attempt++) {
            RuntimeException failure;
            try {
                return request.make();
            } catch (IOException e) {
                failure = new UncheckedIOException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                failure = AbortedException.create("interrupted");
            } catch (SdkException e) {
                failure = e; // refused, or no credentials
            }
            boolean interrupted = Thread.currentThread().isInterrupted();
            StoreException translated = S3Exceptions.translate(
                    operation, key, condition, interrupted ? AbortedException.create("interrupted") : failure);
            if (interrupted
                    || attempt >= settings.attempts()
                    || !isPassing(translated, failure)
                    || !pause(attempt, failure)) {
                throw translated;
            }
        }
    }

    private static HttpAnswer successful(HttpAnswer answer) {
        if (!answer.isSuccess()) {
            throw failure(answer);
        }
        return answer;
    }

    /** A 409 means that another write came between, which trying again at once does not settle. */
    private static boolean isPassing(StoreException translated, RuntimeException failure) {
        boolean conflict = failure instanceof AwsServiceException answered && answered.statusCode() == 409;
        return translated instanceof TransientStoreException && !conflict;
    }

    private static boolean pause(int attempt, RuntimeException failure) {
        boolean throttled = failure instanceof AwsServiceException answered && answered.isThrottlingException();
        Duration most = (throttled ? FIRST_PAUSE_THROTTLED : FIRST_PAUSE).multipliedBy(1L << Math.min(attempt - 1, 10));
        long millis = Math.min(most.toMillis(), LONGEST_PAUSE.toMillis());
        try {
            Thread.sleep(ThreadLocalRandom.current().nextLong(millis + 1));
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static AwsServiceException failure(HttpAnswer answer) {
        Matcher code = CODE.matcher(HttpAnswerReader.text(answer.body()));
        return S3Exception.builder()
                .statusCode(answer.status())
                .requestId(answer.header("x-amz-request-id"))
                .awsErrorDetails(AwsErrorDetails.builder()
                        .errorCode(code.find() ? code.group(1) : "")
                        .build())
                .build();
    }

    @Override
    public void close() {
        connections.close();
    }
}
