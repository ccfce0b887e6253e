package io.intake.processors;

import com.amazonaws.services.lambda.runtime.ClientContext;
import com.amazonaws.services.lambda.runtime.CognitoIdentity;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.LambdaLogger;
import com.amazonaws.services.lambda.runtime.events.S3Event;
import com.amazonaws.services.lambda.runtime.events.models.s3.S3EventNotification.S3BucketEntity;
import com.amazonaws.services.lambda.runtime.events.models.s3.S3EventNotification.S3Entity;
import com.amazonaws.services.lambda.runtime.events.models.s3.S3EventNotification.S3EventNotificationRecord;
import com.amazonaws.services.lambda.runtime.events.models.s3.S3EventNotification.S3ObjectEntity;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

/** What Lambda tells a function of its invocation. */
record TestContext(String requestId, java.util.function.IntSupplier remaining) implements Context {
    TestContext(String requestId) {
        this(requestId, () -> (int) Duration.ofMinutes(5).toMillis());
    }

    @Override
    public String getAwsRequestId() {
        return requestId;
    }

    @Override
    public String getLogGroupName() {
        return "group";
    }

    @Override
    public String getLogStreamName() {
        return "stream";
    }

    @Override
    public String getFunctionName() {
        return "function";
    }

    @Override
    public String getFunctionVersion() {
        return "1";
    }

    @Override
    public String getInvokedFunctionArn() {
        return "arn";
    }

    @Override
    public CognitoIdentity getIdentity() {
        throw new UnsupportedOperationException("an S3 event has none");
    }

    @Override
    public ClientContext getClientContext() {
        throw new UnsupportedOperationException("an S3 event has none");
    }

    @Override
    public int getRemainingTimeInMillis() {
        return remaining.getAsInt();
    }

    @Override
    public int getMemoryLimitInMB() {
        return 512;
    }

    @Override
    public LambdaLogger getLogger() {
        throw new UnsupportedOperationException("we log through SLF4J");
    }

    /** The event of an object that was created. */
    static S3Event notification(String key) {
        S3ObjectEntity object = new S3ObjectEntity(
                URLEncoder.encode(key, StandardCharsets.UTF_8).replace("%2F", "/"), 1L, "etag", null, "0A");
        S3Entity s3 = new S3Entity("c", new S3BucketEntity("bucket", null, "arn"), object, "1.0");
        return new S3Event(List.of(new S3EventNotificationRecord(
                "us-east-1", "ObjectCreated:Put", "aws:s3", "2026-03-04T05:06:07.000Z", "2.1", null, null, s3, null)));
    }
}
