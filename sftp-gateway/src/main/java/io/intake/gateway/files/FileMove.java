package io.intake.gateway.files;

import io.intake.bucket.Renamed;
import io.intake.gateway.protocol.SftpException;
import io.intake.gateway.protocol.SftpStatus;
import io.intake.store.AbsentException;
import io.intake.store.ConflictException;
import io.intake.store.CopySource;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;

/** A rename: a copy inside the store, then a delete. */
final class FileMove {
    private FileMove() {}

    /**
     * Moves the version that was seen. Of a crash in between, both names are left: nothing is lost.
     *
     * @throws SftpException if the file was replaced or deleted since it was seen
     */
    static void move(ObjectStore store, ObjectInfo source, String target) throws SftpException {
        if (source.key().equals(target)) {
            throw SftpException.failure("a file has that name");
        }
        try {
            store.copy(CopySource.pinned(source.key(), source.etag()), target, Renamed.MARK);
        } catch (ConflictException | AbsentException e) {
            throw new SftpException(SftpStatus.FAILURE, "the file was replaced or deleted meanwhile: try again", e);
        }
        // a newer upload under the old name is not what was renamed: it stays
        boolean unchanged = store.head(source.key())
                .filter(now -> now.etag().equals(source.etag()))
                .isPresent();
        if (unchanged) {
            store.delete(source.key());
        }
    }
}
