package io.intake.processors.operator;

/** What the command's exit codes mean; scripts rely on them. */
final class ExitCode {
    /** Done, or all is well. */
    static final int OK = 0;

    /** What was asked for was not done, or something is not as it should be. */
    static final int PROBLEM = 1;

    /** The command line is wrong. */
    static final int USAGE = 2;

    /** There is no such job, file or partner. */
    static final int NOT_FOUND = 3;

    /** The caller's rights do not suffice. */
    static final int NO_ACCESS = 4;

    /** The bucket is out of reach, or the command failed in a way that is not the caller's doing. */
    static final int FAILED = 5;

    private ExitCode() {}
}
