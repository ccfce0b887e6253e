package io.intake.processors.forward.hl7;

/** A message that cannot be sent as it is. Its message is a code, upper case, and holds nothing of the message. */
public final class UnsendableException extends Exception {
    private static final long serialVersionUID = 1L;

    UnsendableException(String code) {
        super(code);
    }

    /** What is wrong, for the page and the rejects file. */
    public String code() {
        return String.valueOf(getMessage());
    }
}
