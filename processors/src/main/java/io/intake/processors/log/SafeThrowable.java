package io.intake.processors.log;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What may be told of an exception. Our own messages hold no PHI (DESIGN section 8); other people's quote what they could not
 * read: a parser its input, an archive reader an entry's name, the JDK the text that is no number. So a message is shown
 * only if our code made it; type and place always are. Pure.
 */
public final class SafeThrowable {
    private static final String OURS = "io.intake.";
    private static final String WITHHELD = "(message withheld)";

    /** Frames of one exception: where it comes from and who called. */
    private static final int FRAMES = 30;

    private static final int SUPPRESSED = 3;
    private static final int CAUSES = 20;

    private SafeThrowable() {}

    /** Whether a class is one of ours, by its name. */
    static boolean isOurs(String className) {
        return className.startsWith(OURS);
    }

    /** The message, if we made it; null where there is none. */
    static @Nullable String message(Throwable thrown) {
        String message = thrown.getMessage();
        if (message == null) {
            return null;
        }
        return isShown(thrown, message, CAUSES) ? message : WITHHELD;
    }

    /** {@code new RuntimeException(cause)} takes its cause's message for its own. */
    private static boolean isShown(Throwable thrown, String message, int depth) {
        Throwable cause = thrown.getCause();
        String inner = cause == null ? null : cause.getMessage();
        if (cause != null && inner != null && !inner.isEmpty() && message.contains(inner)) {
            return depth > 0 && isOwn(thrown) && isShown(cause, inner, depth - 1);
        }
        return isOwn(thrown);
    }

    private static boolean isOwn(Throwable thrown) {
        StackTraceElement[] frames = thrown.getStackTrace();
        return isOurs(thrown.getClass().getName()) || (frames.length > 0 && isOurs(frames[0].getClassName()));
    }

    /** Type, message if it is ours, frames, causes and suppressed ones: what a stack trace has, without what others said. */
    public static String trace(Throwable thrown) {
        StringBuilder text = new StringBuilder();
        append(text, "", thrown, Collections.newSetFromMap(new IdentityHashMap<>()));
        return text.toString();
    }

    private static void append(StringBuilder text, String prefix, Throwable thrown, Set<Throwable> seen) {
        if (!seen.add(thrown)) {
            return;
        }
        text.append(prefix).append(summary(thrown));
        StackTraceElement[] frames = thrown.getStackTrace();
        for (int at = 0; at < Math.min(FRAMES, frames.length); at++) {
            text.append("\n\tat ").append(frames[at]);
        }
        Throwable[] suppressed = thrown.getSuppressed();
        for (int at = 0; at < Math.min(SUPPRESSED, suppressed.length); at++) {
            append(text, "\nSuppressed: ", suppressed[at], seen);
        }
        Throwable cause = thrown.getCause();
        if (cause != null) {
            append(text, "\nCaused by: ", cause, seen);
        }
    }

    private static String summary(Throwable thrown) {
        String message = message(thrown);
        return thrown.getClass().getName() + (message == null ? "" : ": " + message);
    }

    /**
     * An exception that tells no more than {@link #trace}: the same one if it tells no more anyway. Lambda writes what a
     * handler throws into its log and into the record of the dead invocation.
     */
    public static RuntimeException safe(RuntimeException thrown) {
        return isSafe(thrown, Collections.newSetFromMap(new IdentityHashMap<>())) ? thrown : new Withheld(thrown);
    }

    private static boolean isSafe(Throwable thrown, Set<Throwable> seen) {
        if (!seen.add(thrown)) {
            return true;
        }
        boolean shown = thrown.getMessage() == null || !WITHHELD.equals(message(thrown));
        Throwable cause = thrown.getCause();
        if (!shown || (cause != null && !isSafe(cause, seen))) {
            return false;
        }
        for (Throwable suppressed : thrown.getSuppressed()) {
            if (!isSafe(suppressed, seen)) {
                return false;
            }
        }
        return true;
    }

    /** Stands for an exception of which not everything may be told. */
    public static final class Withheld extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private Withheld(Throwable from) {
            super(chain(from));
            setStackTrace(from.getStackTrace());
        }

        private static String chain(Throwable from) {
            StringBuilder text = new StringBuilder(summary(from));
            Throwable cause = from.getCause();
            for (int depth = 0; cause != null && depth < 5; depth++) {
                text.append("; caused by ").append(summary(cause));
                cause = cause.getCause();
            }
            return text.toString();
        }
    }
}
