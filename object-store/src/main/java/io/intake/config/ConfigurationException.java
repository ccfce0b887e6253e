package io.intake.config;

import java.util.List;

/** A configuration is wrong. Holds every mistake found, each with file, line and what to do. */
public final class ConfigurationException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    public ConfigurationException(List<String> problems) {
        super("partners.yml has " + problems.size() + (problems.size() == 1 ? " mistake:\n  " : " mistakes:\n  ")
                + String.join("\n  ", problems));
        this.problems = List.copyOf(problems);
    }

    /** One line each, in the order of the file. */
    public List<String> problems() {
        return problems;
    }
}
