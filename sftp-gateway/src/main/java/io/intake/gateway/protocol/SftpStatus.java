package io.intake.gateway.protocol;

import org.apache.sshd.sftp.common.SftpConstants;

/** The status codes of version 3. */
public enum SftpStatus {
    OK(SftpConstants.SSH_FX_OK),
    EOF(SftpConstants.SSH_FX_EOF),
    NO_SUCH_FILE(SftpConstants.SSH_FX_NO_SUCH_FILE),
    PERMISSION_DENIED(SftpConstants.SSH_FX_PERMISSION_DENIED),
    FAILURE(SftpConstants.SSH_FX_FAILURE),
    BAD_MESSAGE(SftpConstants.SSH_FX_BAD_MESSAGE),
    OP_UNSUPPORTED(SftpConstants.SSH_FX_OP_UNSUPPORTED);

    private final int code;

    SftpStatus(int code) {
        this.code = code;
    }

    /** The number on the wire. */
    public int code() {
        return code;
    }
}
