package io.intake.gateway.upload;

/** The session ended while its upload waited for memory: nobody is there to be answered. */
public final class SessionLostException extends Exception {
    private static final long serialVersionUID = 1L;

    public SessionLostException() {
        super("the session was lost");
    }
}
