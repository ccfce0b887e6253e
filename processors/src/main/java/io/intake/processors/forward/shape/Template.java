package io.intake.processors.forward.shape;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.github.jknack.handlebars.Context;
import com.github.jknack.handlebars.Handlebars;
import com.github.jknack.handlebars.HandlebarsError;
import com.github.jknack.handlebars.HandlebarsException;
import com.github.jknack.handlebars.cache.NullTemplateCache;
import com.github.jknack.handlebars.context.MapValueResolver;
import com.github.jknack.handlebars.io.AbstractTemplateLoader;
import com.github.jknack.handlebars.io.TemplateSource;
import io.intake.processors.Json;
import io.intake.processors.forward.Batch;
import io.intake.processors.job.Job;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A template in Handlebars' language, ready to use. It sees one record, and of where that is from what {@code @} names; no
 * Java, no other template, no clock. Thread-safe.
 */
public final class Template {
    /** In characters. */
    static final int LONGEST = 256 << 10;

    /** What a record may become, in bytes: as much as a record may be. */
    static final int LARGEST = 16 << 20;

    private static final TypeReference<LinkedHashMap<String, @Nullable Object>> FIELDS = new TypeReference<>() {};

    /** Values without escapes, other templates, decorators. */
    private static final Pattern FORBIDDEN = Pattern.compile("\\{\\{~?(\\{|&|[#^]?[>*])");

    private static final Pattern LINE_BREAKS = Pattern.compile("[\\r\\n]+");

    private final Shaped.Kind kind;
    private final com.github.jknack.handlebars.Template compiled;

    private Template(Shaped.Kind kind, com.github.jknack.handlebars.Template compiled) {
        this.kind = kind;
        this.compiled = compiled;
    }

    /**
     * Compiles a template.
     *
     * @param name ends with what it makes: {@code .json}, {@code .hl7}, {@code .xml} or {@code .txt}
     * @throws TemplateException if it cannot be used; the message says why and where, and may quote the template
     */
    public static Template of(String name, String text) throws TemplateException {
        Shaped.Kind kind = kind(name);
        if (text.isBlank() || text.length() > LONGEST) {
            throw invalid("a template must have 1 to 262,144 characters");
        }
        if (FORBIDDEN.matcher(text).find()) {
            throw invalid(
                    "values without escapes ('{{{', '{{&'), partials ('{{>') and decorators ('{{*') are not for templates");
        }
        if (kind == Shaped.Kind.JSON) {
            List<String> problems = JsonPlaces.problems(text);
            if (!problems.isEmpty()) {
                throw invalid(String.join("\n", problems));
            }
        }
        try {
            return new Template(kind, library(kind).compileInline(text));
        } catch (HandlebarsException wrong) {
            HandlebarsError error = wrong.getError();
            throw invalid(error == null ? "it is no template" : "line " + error.line + ": " + error.reason);
        } catch (IOException | RuntimeException | StackOverflowError wrong) {
            throw invalid("it is no template");
        }
    }

    private static TemplateException invalid(String message) {
        return new TemplateException(TemplateProblem.INVALID, message);
    }

    private static Shaped.Kind kind(String name) throws TemplateException {
        String end = name.substring(name.lastIndexOf('.') + 1).toUpperCase(Locale.ROOT);
        for (Shaped.Kind each : Shaped.Kind.values()) {
            if (each.name().equals(end)) {
                return each;
            }
        }
        throw invalid("a template's name must end with .json, .hl7, .xml or .txt");
    }

    private static Handlebars library(Shaped.Kind kind) {
        Handlebars library =
                new Handlebars(new NoOthers()).with(new TemplateHelpers()).with(NullTemplateCache.INSTANCE);
        return library.with((CharSequence value) -> {
            CharSequence escaped = Escapes.of(kind, value);
            Budget.characters(escaped.length());
            return escaped;
        });
    }

    /** Where other templates would be: nowhere. */
    private static final class NoOthers extends AbstractTemplateLoader {
        @Override
        public TemplateSource sourceAt(String location) throws IOException {
            throw new FileNotFoundException("templates stand alone");
        }
    }

    /** What its records become. */
    public Shaped.Kind kind() {
        return kind;
    }

    /**
     * Shapes a record of a batch. The same record always has the same shape.
     *
     * @throws TemplateException if the template makes nothing of it; the message tells nothing of the record
     */
    public byte[] shape(Job job, Batch batch, int index) throws TemplateException {
        Map<String, Object> about = new LinkedHashMap<>();
        about.put("@id", RecordIds.of(job, batch, index));
        about.put("@job", job.id());
        about.put("@partner", job.partner());
        about.put("@feed", job.feedId());
        about.put("@table", batch.table());
        about.put("@row", Long.toString(batch.first() + index + 1));
        about.put("@received", job.input().uploadedAt().toString());
        return shape(batch.record(index), about);
    }

    byte[] shape(byte[] record, Map<String, Object> about) throws TemplateException {
        Budget.begin();
        try {
            Map<String, @Nullable Object> fields = Json.exact().readValue(record, FIELDS);
            Context context = Context.newBuilder(fields)
                    .combine(about)
                    .resolver(MapValueResolver.INSTANCE)
                    .build();
            byte[] shaped = finished(compiled.apply(context));
            if (shaped.length == 0 || shaped.length > LARGEST) {
                throw new TemplateException(TemplateProblem.FAILED, "its shape is empty or too large");
            }
            return shaped;
        } catch (IOException | RuntimeException | StackOverflowError failed) {
            // Without the cause, whose message can hold values
            throw new TemplateException(TemplateProblem.FAILED, "a record has no shape");
        } finally {
            Budget.end();
        }
    }

    private byte[] finished(String text) throws IOException {
        return switch (kind) {
            // Read, so that nothing is sent that is no JSON, and written without line breaks
            case JSON -> {
                JsonNode json = Json.exact().readTree(text);
                yield json.isMissingNode() ? new byte[0] : Json.exact().writeValueAsBytes(json);
            }
            // Values' own line breaks are escaped: those that are left are the template's
            case HL7 -> {
                String segments = LINE_BREAKS.matcher(text.strip()).replaceAll("\r");
                yield segments.isEmpty() ? new byte[0] : (segments + "\r").getBytes(StandardCharsets.UTF_8);
            }
            case XML, TXT -> text.getBytes(StandardCharsets.UTF_8);
        };
    }
}
