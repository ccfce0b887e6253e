package io.intake.gateway;

import java.util.List;

/** The environment is wrong. Holds every mistake found; none shows a secret. */
public final class GatewayConfigException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    public GatewayConfigException(List<String> problems) {
        super("the gateway's configuration has mistakes:\n  " + String.join("\n  ", problems));
        this.problems = List.copyOf(problems);
    }

    /** One line each. */
    public List<String> problems() {
        return problems;
    }
}
