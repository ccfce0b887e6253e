package io.intake.store.s3;

import io.intake.store.AbsentException;
import io.intake.store.AlreadyPresentException;
import io.intake.store.ConflictException;
import io.intake.store.PermanentStoreException;
import io.intake.store.Precondition;
import io.intake.store.RangeException;
import io.intake.store.StoreException;
import io.intake.store.TransientStoreException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;

/**
 * Turns what the SDK throws into the port's exceptions: the one place that decides whether trying again can help.
 *
 * <ul>
 *   <li>404 (but for the bucket itself): absent. 412: already present where absence was asked for, else conflict. 416: range.
 *   <li>409, 429, 5xx but for 501 (not implemented), an error inside a 200, throttling and time-out codes whatever their status, expired session
 *       credentials, every failure to connect, send or receive in time: transient.
 *   <li>Everything else: permanent.
 * </ul>
 *
 * <p>The SDK's own texts are left out, and its exceptions are not kept as causes: stores put keys and paths into them, and
 * keys name patients. Status, error code and request id are what support asks for.
 */
final class S3Exceptions {
    /** Codes that S3 also sends with a status that does not say so, such as 400 or 200. */
    private static final Set<String> PASSING_CODES = Set.of(
            "ConditionalRequestConflict",
            "ExpiredToken",
            "InternalError",
            "OperationAborted",
            "RequestTimeout",
            "RequestTimeoutException",
            "RequestTimeTooSkewed",
            "ServiceUnavailable",
            "SlowDown",
            "Throttling",
            "ThrottlingException",
            "TooManyRequests",
            "TooManyRequestsException");

    private S3Exceptions() {}

    /** Makes a call that has no condition. */
    static <T> T call(String operation, String key, Supplier<T> call) {
        return call(operation, key, Precondition.ALWAYS, call);
    }

    /** Makes a call; the condition says what a 412 means. */
    static <T> T call(String operation, String key, Precondition condition, Supplier<T> call) {
        try {
            return call.get();
        } catch (SdkException | UncheckedIOException | IllegalStateException e) {
            throw translate(operation, key, condition, e);
        }
    }

    /** What a failed read of content is to its reader: an {@link IOException} without the SDK's text. */
    static IOException lostConnection(RuntimeException e) {
        return new IOException("reading the object's content failed: " + names(e));
    }

    static StoreException translate(String operation, String key, Precondition condition, RuntimeException e) {
        return switch (e) {
            case AwsServiceException answered -> answered(operation, key, condition, answered);
            case ApiCallTimeoutException late -> passing(operation, key, "no answer in time", late);
            case ApiCallAttemptTimeoutException late -> passing(operation, key, "no answer in time", late);
            case AbortedException aborted -> passing(operation, key, "interrupted", aborted);
            case SdkClientException client
            when client.retryable() || hasInputOutputCause(client) ->
                passing(operation, key, "the store is out of reach", client);
            case UncheckedIOException io -> passing(operation, key, "the store is out of reach", io);
            default -> new PermanentStoreException(operation, key, "the request could not be made: " + names(e), null);
        };
    }

    private static TransientStoreException passing(String operation, String key, String problem, RuntimeException e) {
        return new TransientStoreException(operation, key, problem + ": " + names(e), null);
    }

    private static StoreException answered(
            String operation, String key, Precondition condition, AwsServiceException e) {
        AwsErrorDetails details = e.awsErrorDetails();
        String code = details == null || details.errorCode() == null ? "" : details.errorCode();
        int status = e.statusCode();
        String problem = status + " " + code + ", request " + e.requestId();
        if (PASSING_CODES.contains(code) || e.isThrottlingException()) {
            return new TransientStoreException(operation, key, problem, null);
        }
        if (status == 404 && !code.equals("NoSuchBucket")) {
            return new AbsentException(operation, key, problem, null);
        }
        if (status == 412) {
            return condition instanceof Precondition.IfAbsent
                    ? new AlreadyPresentException(operation, key, problem, null)
                    : new ConflictException(operation, key, problem, null);
        }
        if (status == 416) {
            return new RangeException(operation, key, problem, null);
        }
        boolean passing = (status >= 500 && status != 501) || status == 409 || status == 429 || status / 100 == 2;
        return passing
                ? new TransientStoreException(operation, key, problem, null)
                : new PermanentStoreException(operation, key, problem, null);
    }

    private static boolean hasInputOutputCause(Throwable e) {
        for (Throwable cause = e.getCause(); cause != null; cause = cause.getCause()) {
            if (cause instanceof IOException || cause instanceof UncheckedIOException) {
                return true;
            }
        }
        return false;
    }

    /** The class names of an exception and its causes: enough to tell a refused connection from a broken one. */
    private static String names(Throwable e) {
        StringBuilder names = new StringBuilder(e.getClass().getSimpleName());
        int depth = 0;
        for (@Nullable Throwable cause = e.getCause(); cause != null && depth < 5; cause = cause.getCause()) {
            names.append(" from ").append(cause.getClass().getSimpleName());
            depth++;
        }
        return names.toString();
    }
}
