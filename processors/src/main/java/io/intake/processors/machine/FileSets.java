package io.intake.processors.machine;

/** Where files go that are collected into sets. */
@FunctionalInterface
public interface FileSets {

    /** Takes in a file whose content has been extracted; may be told more than once. */
    void join(String job);
}
