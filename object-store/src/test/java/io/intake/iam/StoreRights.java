package io.intake.iam;

import io.intake.store.CompleteRequest;
import io.intake.store.CopySource;
import io.intake.store.Precondition;
import io.intake.store.PutRequest;
import io.intake.store.ReadRequest;
import io.intake.store.UploadRef;
import io.intake.store.UploadRequest;
import java.util.ArrayList;
import java.util.List;

/**
 * Which rights a call of the storage port takes, as the table "Actions, resources, and condition keys for Amazon S3" has them. Pure.
 */
final class StoreRights {
    private static final String GET = "s3:GetObject";
    private static final String PUT = "s3:PutObject";

    /** @param key empty where it is about the bucket */
    record Right(String action, String key) {}

    private StoreRights() {}

    /**
     * The rights.
     *
     * @param operation the method's name
     * @param arguments its arguments
     */
    static List<Right> of(String operation, Object[] arguments) {
        List<Right> rights = new ArrayList<>();
        switch (operation) {
            case "head" -> rights.add(new Right(GET, (String) arguments[0]));
            case "read" -> {
                ReadRequest request = (ReadRequest) arguments[0];
                rights.add(reading(request.key(), request.versionId() != null));
            }
            case "list" -> rights.add(new Right("s3:ListBucket", ""));
            case "put" -> {
                PutRequest request = (PutRequest) arguments[0];
                rights.addAll(writing(request.key(), request.precondition()));
            }
            case "copy" -> {
                rights.add(source(arguments[0]));
                rights.add(new Right(PUT, (String) arguments[1]));
            }
            case "delete" -> rights.add(new Right("s3:DeleteObject", (String) arguments[0]));
            case "startUpload" -> rights.add(new Right(PUT, ((UploadRequest) arguments[0]).key()));
            case "uploadPart" -> rights.add(new Right(PUT, ((UploadRef) arguments[0]).key()));
            case "copyPart" -> {
                rights.add(source(arguments[2]));
                rights.add(new Right(PUT, ((UploadRef) arguments[0]).key()));
            }
            case "completeUpload" -> {
                CompleteRequest request = (CompleteRequest) arguments[0];
                rights.addAll(writing(request.upload().key(), request.precondition()));
            }
            case "abortUpload" -> rights.add(new Right("s3:AbortMultipartUpload", ((UploadRef) arguments[0]).key()));
            case "listUploads" -> rights.add(new Right("s3:ListBucketMultipartUploads", ""));
            case "listParts" -> rights.add(new Right("s3:ListMultipartUploadParts", ((UploadRef) arguments[0]).key()));
            case "close", "toString", "hashCode", "equals" -> {}
            default -> throw new IllegalArgumentException("nobody has said which rights " + operation + " takes");
        }
        return rights;
    }

    private static Right source(Object argument) {
        CopySource source = (CopySource) argument;
        return reading(source.key(), source.versionId() != null);
    }

    private static Right reading(String key, boolean version) {
        return new Right(version ? "s3:GetObjectVersion" : GET, key);
    }

    /** S3 user guide, "Conditional writes": If-Match takes the right to read as well. */
    private static List<Right> writing(String key, Precondition precondition) {
        Right put = new Right(PUT, key);
        return precondition instanceof Precondition.IfMatch ? List.of(put, new Right(GET, key)) : List.of(put);
    }
}
