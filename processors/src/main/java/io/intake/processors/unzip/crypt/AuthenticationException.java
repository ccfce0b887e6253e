package io.intake.processors.unzip.crypt;

import java.io.IOException;

/** Encrypted bytes do not match their authentication code: they were damaged, or changed by somebody. */
public final class AuthenticationException extends IOException {
    private static final long serialVersionUID = 1L;

    public AuthenticationException() {
        super("the authentication code does not match");
    }
}
