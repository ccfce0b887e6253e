package io.intake.processors.collect;

import io.intake.config.Manifest;
import io.intake.config.Manifest.Style;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads lists of files. Pure. */
public final class ManifestList {
    /** Larger ones are no lists. */
    static final int MOST_BYTES = 8 << 20;

    private static final Pattern SUM = Pattern.compile("([0-9a-fA-F]{32}|[0-9a-fA-F]{64}) [ *](.+)");
    private static final Pattern SIZE = Pattern.compile("\\d{1,15}");
    private static final int MD5_DIGITS = 32;

    private ManifestList() {}

    /**
     * A file that must be there.
     *
     * @param name without its folders; not for logs
     * @param bytes its size; null where the list does not say
     * @param md5 in lower-case hex; null as before
     * @param sha256 in lower-case hex; null as before
     * @param rows how many it holds; null as before
     */
    public record Listed(
            String name,
            @Nullable Long bytes,
            @Nullable String md5,
            @Nullable String sha256,
            @Nullable Long rows) {}

    /**
     * Reads a list.
     *
     * @throws io.intake.processors.job.RefusedException if it is none, or lists nothing, or a name twice
     */
    static List<Listed> read(byte[] content, Manifest manifest) {
        List<Listed> files = new ArrayList<>();
        List<String> lines = lines(content);
        if (manifest.style() == Style.COLUMNS) {
            files.addAll(columns(lines, manifest));
        } else {
            for (int i = 0; i < lines.size(); i++) {
                files.add(manifest.style() == Style.SUMS ? sum(lines.get(i), i + 1) : named(lines.get(i)));
            }
        }
        Set<String> names = new HashSet<>();
        if (files.isEmpty() || !files.stream().map(Listed::name).allMatch(names::add)) {
            throw Failures.unreadableManifest(0);
        }
        return files;
    }

    private static List<String> lines(byte[] content) {
        String text;
        try {
            text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(content))
                    .toString();
        } catch (CharacterCodingException other) {
            text = new String(content, StandardCharsets.ISO_8859_1);
        }
        String whole = text.startsWith("\uFEFF") ? text.substring(1) : text;
        return whole.lines().filter(line -> !line.isBlank()).toList();
    }

    /** Names are compared without their folders: a list is made where the files lay on the sender's side. */
    private static String name(String path) {
        String stripped = path.strip();
        return stripped.substring(Math.max(stripped.lastIndexOf('/'), stripped.lastIndexOf('\\')) + 1);
    }

    private static Listed named(String line) {
        return new Listed(name(line), null, null, null, null);
    }

    private static Listed sum(String line, int number) {
        Matcher matcher = SUM.matcher(line);
        if (!matcher.matches()) {
            throw Failures.unreadableManifest(number);
        }
        String digest = matcher.group(1).toLowerCase(Locale.ROOT);
        boolean md5 = digest.length() == MD5_DIGITS;
        return new Listed(name(matcher.group(2)), null, md5 ? digest : null, md5 ? null : digest, null);
    }

    private static List<Listed> columns(List<String> lines, Manifest manifest) {
        if (lines.isEmpty()) {
            return List.of();
        }
        String delimiter = delimiter(lines.getFirst());
        List<String> header = fields(lines.getFirst(), delimiter);
        int name = column(header, manifest.name());
        int bytes = column(header, manifest.bytes());
        int md5 = column(header, manifest.md5());
        int sha256 = column(header, manifest.sha256());
        int rows = column(header, manifest.rows());
        List<Listed> files = new ArrayList<>();
        for (int i = 1; i < lines.size(); i++) {
            List<String> fields = fields(lines.get(i), delimiter);
            String size = field(fields, bytes);
            String count = field(fields, rows);
            if (fields.size() != header.size() || !isNumber(size) || !isNumber(count)) {
                throw Failures.unreadableManifest(i + 1);
            }
            files.add(new Listed(
                    name(fields.get(name)),
                    size == null ? null : Long.valueOf(size),
                    lower(field(fields, md5)),
                    lower(field(fields, sha256)),
                    count == null ? null : Long.valueOf(count)));
        }
        return files;
    }

    private static boolean isNumber(@Nullable String field) {
        return field == null || SIZE.matcher(field).matches();
    }

    private static String delimiter(String header) {
        for (String each : List.of("\t", ";", "|")) {
            if (header.contains(each)) {
                return each;
            }
        }
        return ",";
    }

    private static List<String> fields(String line, String delimiter) {
        List<String> fields = new ArrayList<>();
        for (String field : line.split(Pattern.quote(delimiter), -1)) {
            String value = field.strip();
            boolean quoted = value.length() > 1 && value.startsWith("\"") && value.endsWith("\"");
            fields.add(quoted ? value.substring(1, value.length() - 1) : value);
        }
        return fields;
    }

    /** @return -1 where none is asked for */
    private static int column(List<String> header, @Nullable String name) {
        if (name == null) {
            return -1;
        }
        for (int i = 0; i < header.size(); i++) {
            if (header.get(i).equalsIgnoreCase(name)) {
                return i;
            }
        }
        throw Failures.unreadableManifest(1);
    }

    private static @Nullable String field(List<String> fields, int column) {
        return column < 0 || column >= fields.size() || fields.get(column).isEmpty() ? null : fields.get(column);
    }

    private static @Nullable String lower(@Nullable String text) {
        return text == null ? null : text.toLowerCase(Locale.ROOT);
    }
}
