package io.intake.gateway.protocol;

import org.apache.sshd.sftp.common.SftpConstants;

/**
 * What a client asks of OPEN.
 *
 * @param read the file is to be read
 * @param write the file is to be written
 * @param append every write goes to the end
 * @param create it need not exist
 * @param truncate what is there is dropped
 * @param exclusive it must not exist
 */
public record OpenMode(
        boolean read, boolean write, boolean append, boolean create, boolean truncate, boolean exclusive) {

    /** From the flags of version 3. */
    public static OpenMode of(int flags) {
        return new OpenMode(
                (flags & SftpConstants.SSH_FXF_READ) != 0,
                (flags & (SftpConstants.SSH_FXF_WRITE | SftpConstants.SSH_FXF_APPEND)) != 0,
                (flags & SftpConstants.SSH_FXF_APPEND) != 0,
                (flags & SftpConstants.SSH_FXF_CREAT) != 0,
                (flags & SftpConstants.SSH_FXF_TRUNC) != 0,
                (flags & SftpConstants.SSH_FXF_EXCL) != 0);
    }
}
