package io.intake.gateway.sftp;

import io.intake.gateway.protocol.SftpException;
import io.intake.gateway.protocol.SftpStatus;
import io.intake.gateway.upload.UploadFailedException;
import io.intake.store.AbsentException;
import io.intake.store.AlreadyPresentException;
import io.intake.store.ConflictException;
import io.intake.store.PermanentStoreException;
import io.intake.store.RangeException;
import io.intake.store.StoreException;
import io.intake.store.TransientStoreException;

/** The one place where a failure becomes what the client is answered. */
final class Statuses {
    private Statuses() {}

    /** The answer to a request that failed; its words hold no file name and nothing about the store's insides. */
    static SftpException of(Exception failure) {
        return switch (failure) {
            case SftpException refused -> refused;
            case UploadFailedException failed -> new SftpException(SftpStatus.FAILURE, failed.reason(), failed);
            case StoreException store -> ofStore(store);
            default -> new SftpException(SftpStatus.FAILURE, "internal error", failure);
        };
    }

    private static SftpException ofStore(StoreException failure) {
        return switch (failure) {
            case AbsentException e -> new SftpException(SftpStatus.NO_SUCH_FILE, "no such file or folder", e);
            case RangeException e -> new SftpException(SftpStatus.EOF, "behind the end of the file", e);
            case ConflictException e -> new SftpException(SftpStatus.FAILURE, "the file was changed meanwhile", e);
            case AlreadyPresentException e -> new SftpException(SftpStatus.FAILURE, "the name is taken", e);
            case TransientStoreException e ->
                new SftpException(SftpStatus.FAILURE, "the store does not answer: try again later", e);
            case PermanentStoreException e -> new SftpException(SftpStatus.FAILURE, "the store refused", e);
        };
    }
}
