package io.intake.gateway.protocol;

/** The other side does not speak SFTP: what follows cannot be understood either, so the channel is closed. */
public final class MalformedPacketException extends Exception {
    private static final long serialVersionUID = 1L;

    public MalformedPacketException(String problem) {
        super(problem);
    }
}
