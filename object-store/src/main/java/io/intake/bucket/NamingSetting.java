package io.intake.bucket;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@code INTAKE_NAMING} says: how new files are named, and how those may be named that are there already.
 *
 * <p>One naming takes another's place in two steps, since gateways and functions do not change at the same moment: first all
 * of them learn to read the new one ({@code natural,encrypted}), then they begin to use it ({@code encrypted,natural}). A new
 * name key likewise comes second in the list of keys first.
 */
public enum NamingSetting {
    NATURAL,
    ENCRYPTED,
    /** New files natural, encrypted names are read too. */
    NATURAL_READS_ENCRYPTED,
    /** New files encrypted, natural names are read too. */
    ENCRYPTED_READS_NATURAL;

    /** The variable's name. */
    public static final String VARIABLE = "INTAKE_NAMING";

    /**
     * Reads the variable's value.
     *
     * @throws IllegalArgumentException with what may be said
     */
    public static NamingSetting parse(String text) {
        return switch (text.replace(" ", "")) {
            case "natural" -> NATURAL;
            case "encrypted" -> ENCRYPTED;
            case "natural,encrypted" -> NATURAL_READS_ENCRYPTED;
            case "encrypted,natural" -> ENCRYPTED_READS_NATURAL;
            default ->
                throw new IllegalArgumentException(VARIABLE
                        + ": encrypted, natural, or both with a comma between, the one for new files first, is needed");
        };
    }

    /** Whether {@link #names} needs keys. */
    public boolean needsKeys() {
        return this != NATURAL;
    }

    private boolean encrypts() {
        return this == ENCRYPTED || this == ENCRYPTED_READS_NATURAL;
    }

    /**
     * The names by this setting.
     *
     * @param keys may be null if none are needed
     */
    public Names names(@Nullable NameKeys keys, TemporaryNames temporary) {
        if (!needsKeys()) {
            return Names.natural(temporary);
        }
        if (keys == null) {
            throw new IllegalArgumentException("encrypted names need keys");
        }
        List<Naming> generations = new ArrayList<>();
        keys.keys().forEach(key -> generations.add(new EncryptedNaming(key, temporary)));
        if (this == ENCRYPTED_READS_NATURAL) {
            generations.add(new NaturalNaming(temporary));
        } else if (this == NATURAL_READS_ENCRYPTED) {
            generations.addFirst(new NaturalNaming(temporary));
        }
        Naming naming = generations.size() == 1 ? generations.getFirst() : new SeveralNamings(generations);
        return new Names(naming, new SealedNames(keys, encrypts()));
    }
}
