package io.intake.processors.forward.hl7;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an acknowledgement says, its texts left out: they can hold PHI. Pure.
 *
 * @param code MSA-1: AA, AE, AR, CA, CE or CR
 * @param controlId MSA-2: of the message that is acknowledged
 * @param error a number of table 0357 from ERR-3, ERR-1 or MSA-6; null where there is none
 * @param reference the acknowledgement's own control id, where it is plain; for the engine's people
 */
public record Acknowledgement(
        String code,
        String controlId,
        @Nullable Integer error,
        @Nullable String reference) {
    private static final Pattern CODES = Pattern.compile("[AC][AER]");
    private static final Pattern ERROR = Pattern.compile("[12]\\d\\d");
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9._-]{1,50}");

    /** Reads a frame's content; empty if it is no acknowledgement. */
    public static Optional<Acknowledgement> of(byte[] frame) {
        String text = new String(frame, StandardCharsets.ISO_8859_1);
        String[] segments = text.split("[\r\n]+");
        int head = 0;
        while (head < segments.length && segments[head].isBlank()) {
            head++;
        }
        if (head == segments.length || !segments[head].startsWith("MSH") || segments[head].length() < 5) {
            return Optional.empty();
        }
        char separator = segments[head].charAt(3);
        char component = segments[head].charAt(4);
        String[] msh = fields(segments[head], separator);
        return Arrays.stream(segments)
                .filter(segment -> segment.startsWith("MSA" + separator))
                .map(segment -> fields(segment, separator))
                .filter(msa -> msa.length > 2 && CODES.matcher(msa[1].strip()).matches())
                .findFirst()
                .map(msa -> new Acknowledgement(
                        msa[1].strip(),
                        msa[2].strip(),
                        error(segments, msa, separator, component),
                        // MSH-10 is the tenth, because MSH-1 is the separator itself
                        msh.length > 9 && PLAIN.matcher(msh[9]).matches() ? msh[9] : null));
    }

    private static String[] fields(String segment, char separator) {
        return segment.split(Pattern.quote(String.valueOf(separator)), -1);
    }

    /** ERR-3.1 since 2.5; ERR-1.4.1 and MSA-6.1 before. */
    private static @Nullable Integer error(String[] segments, String[] msa, char separator, char component) {
        for (String segment : segments) {
            if (segment.toUpperCase(Locale.ROOT).startsWith("ERR" + separator)) {
                String[] err = fields(segment, separator);
                Integer code = err.length > 3 ? number(component(err[3], component, 0)) : null;
                code = code == null && err.length > 1 ? number(component(err[1], component, 3)) : code;
                if (code != null) {
                    return code;
                }
            }
        }
        return msa.length > 6 ? number(component(msa[6], component, 0)) : null;
    }

    /** A component; of one with subcomponents, the first. */
    private static String component(String field, char separator, int index) {
        String[] components = field.split(Pattern.quote(String.valueOf(separator)), -1);
        return index < components.length ? components[index].split("&", -1)[0].strip() : "";
    }

    private static @Nullable Integer number(String text) {
        return ERROR.matcher(text).matches() ? Integer.valueOf(text) : null;
    }
}
