package io.intake.gateway.protocol;

/**
 * A request was refused or failed. The message goes to the partner's client, so it says what to do, and never holds more
 * than the partner knows; it does not hold a file's name, so that it may be logged too.
 */
public final class SftpException extends Exception {
    private static final long serialVersionUID = 1L;

    private final SftpStatus status;

    public SftpException(SftpStatus status, String message) {
        super(message);
        this.status = status;
    }

    public SftpException(SftpStatus status, String message, Throwable cause) {
        super(message, cause);
        this.status = status;
    }

    /** What the client is answered. */
    public SftpStatus status() {
        return status;
    }

    public static SftpException failure(String message) {
        return new SftpException(SftpStatus.FAILURE, message);
    }

    public static SftpException noSuchFile() {
        return new SftpException(SftpStatus.NO_SUCH_FILE, "no such file or folder");
    }

    public static SftpException denied(String message) {
        return new SftpException(SftpStatus.PERMISSION_DENIED, message);
    }

    public static SftpException unsupported(String message) {
        return new SftpException(SftpStatus.OP_UNSUPPORTED, message);
    }
}
