package io.intake.processors.forward.sftp;

import io.intake.processors.forward.EngineAnswer.Unavailable;

/**
 * Something did not work with a server; holds nothing that the server said, which can name files. What an SFTP server refuses
 * is never a file's fault, so that each is a reason to wait.
 */
final class SftpFault extends Exception {
    private static final long serialVersionUID = 1L;

    private final String code;
    private final boolean soon;

    /**
     * @param code for the page, upper case
     * @param soon whether trying again within seconds makes sense
     */
    SftpFault(String code, boolean soon) {
        super(code);
        this.code = code;
        this.soon = soon;
    }

    Unavailable answer() {
        return new Unavailable(code, null, soon);
    }
}
