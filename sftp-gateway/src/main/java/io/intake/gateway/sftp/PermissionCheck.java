package io.intake.gateway.sftp;

import io.intake.config.Permission;
import io.intake.gateway.protocol.OpenMode;
import io.intake.gateway.protocol.SftpException;

/** Refuses what a session's partner may not do. What it may do can change while the session lasts. Thread-safe. */
final class PermissionCheck {
    private final SessionState session;

    PermissionCheck(SessionState session) {
        this.session = session;
    }

    /**
     * Goes on only if the partner may do something.
     *
     * @throws SftpException if it may not
     */
    void require(Permission permission) throws SftpException {
        if (!has(permission)) {
            throw SftpException.denied("your account may not " + permission.id());
        }
    }

    boolean has(Permission permission) {
        return session.permissions().contains(permission);
    }

    /**
     * How a file may be opened: only as a new one by who may not overwrite.
     *
     * @throws SftpException if it may not be opened at all
     */
    OpenMode open(OpenMode mode) throws SftpException {
        if (!mode.write()) {
            require(Permission.DOWNLOAD);
            return mode;
        }
        require(Permission.UPLOAD);
        return has(Permission.OVERWRITE)
                ? mode
                : new OpenMode(mode.read(), mode.write(), mode.append(), mode.create(), mode.truncate(), true);
    }
}
