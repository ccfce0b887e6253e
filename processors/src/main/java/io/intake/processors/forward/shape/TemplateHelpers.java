package io.intake.processors.forward.shape;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.github.jknack.handlebars.Context;
import com.github.jknack.handlebars.Handlebars;
import com.github.jknack.handlebars.Helper;
import com.github.jknack.handlebars.Options;
import com.github.jknack.handlebars.helper.DefaultHelperRegistry;
import com.github.jknack.handlebars.helper.IfHelper;
import com.github.jknack.handlebars.helper.LookupHelper;
import com.github.jknack.handlebars.helper.UnlessHelper;
import com.github.jknack.handlebars.helper.WithHelper;
import io.intake.processors.Json;
import java.io.IOException;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.ResolverStyle;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * What templates can do. Of the library's own helpers those that only choose and repeat; not those that log, load other
 * templates or decorate. None knows the time or chance. Thread-safe.
 */
final class TemplateHelpers extends DefaultHelperRegistry {
    private static final ConcurrentHashMap<String, DateTimeFormatter> FORMATS = new ConcurrentHashMap<>();
    private static final int MOST_FORMATS = 500;

    private final Map<String, Helper<?>> known = Map.ofEntries(
            Map.entry("if", IfHelper.INSTANCE),
            Map.entry("unless", UnlessHelper.INSTANCE),
            Map.entry("with", WithHelper.INSTANCE),
            Map.entry("lookup", LookupHelper.INSTANCE),
            Map.entry("each", helper(TemplateHelpers::each)),
            Map.entry("json", helper(TemplateHelpers::json)),
            Map.entry("number", helper(TemplateHelpers::number)),
            Map.entry("date", helper(TemplateHelpers::date)),
            Map.entry("map", helper(TemplateHelpers::map)),
            Map.entry("uuid", helper(TemplateHelpers::uuid)),
            Map.entry("eq", helper((value, options) -> text(value).equals(text(options.param(0))))),
            Map.entry("not", helper((value, options) -> Handlebars.Utils.isEmpty(value))),
            Map.entry("or", helper((value, options) -> Handlebars.Utils.isEmpty(value) ? options.param(0) : value)),
            Map.entry("upper", helper((value, options) -> text(value).toUpperCase(Locale.ROOT))),
            Map.entry("lower", helper((value, options) -> text(value).toLowerCase(Locale.ROOT))),
            Map.entry("trim", helper((value, options) -> text(value).strip())),
            Map.entry("digits", helper((value, options) -> text(value).replaceAll("[^0-9]", ""))),
            Map.entry("cut", helper(TemplateHelpers::cut)),
            Map.entry(HELPER_MISSING, helper(TemplateHelpers::absent)));

    @Override
    @SuppressWarnings("unchecked") // As the library itself does: what a helper is given is not known before it is
    public <C> @Nullable Helper<C> helper(String name) {
        return (Helper<C>) known.get(name);
    }

    private static Helper<Object> helper(Helper<Object> helper) {
        return helper;
    }

    /** As the library's, but that it counts. */
    private static CharSequence each(@Nullable Object value, Options options) throws IOException {
        Iterator<?> items = switch (value) {
            case Collection<?> all -> all.iterator();
            case Map<?, ?> all -> all.entrySet().iterator();
            case null, default -> List.of().iterator();
        };
        if (!items.hasNext()) {
            return options.inverse();
        }
        StringBuilder out = new StringBuilder();
        for (int index = 0; items.hasNext(); index++) {
            Budget.round();
            Object item = items.next();
            Object key = item instanceof Map.Entry<?, ?> entry ? entry.getKey() : (Object) index;
            Object it = item instanceof Map.Entry<?, ?> entry ? entry.getValue() : item;
            Context context = Context.newBuilder(options.context, it == null ? Map.of() : it)
                    .combine("@key", key)
                    .combine("@index", index)
                    .combine("@first", index == 0 ? "first" : "")
                    .combine("@last", items.hasNext() ? "" : "last")
                    .build();
            CharSequence part = options.apply(options.fn, context, List.of(it == null ? "" : it, key));
            Budget.characters(part.length());
            out.append(part);
        }
        return out;
    }

    private static CharSequence json(@Nullable Object value, Options options) {
        try {
            String json = Json.exact().writeValueAsString(value);
            Budget.characters(json.length());
            return new Handlebars.SafeString(json);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("no JSON");
        }
    }

    /** RFC 8259, 6; nothing is null. */
    private static CharSequence number(@Nullable Object value, Options options) {
        String text = text(value).strip();
        if (text.isEmpty()) {
            return new Handlebars.SafeString("null");
        }
        if (!text.matches("-?(0|[1-9][0-9]{0,99})(\\.[0-9]{1,99})?([eE][+-]?[0-9]{1,3})?")) {
            throw new IllegalArgumentException("no number");
        }
        return new Handlebars.SafeString(text);
    }

    /** {@code date VALUE "from" "to"}, in the patterns of {@link DateTimeFormatter}; nothing stays nothing. */
    private static CharSequence date(@Nullable Object value, Options options) {
        String text = text(value).strip();
        if (text.isEmpty()) {
            return "";
        }
        String from = options.param(0);
        String to = options.param(1);
        return format(to).format(format(from).parse(text));
    }

    private static DateTimeFormatter format(String pattern) {
        DateTimeFormatter known = FORMATS.get(pattern);
        if (known != null) {
            return known;
        }
        // Strict, so that the 31st of June is no date; years then want no era
        DateTimeFormatter made = new DateTimeFormatterBuilder()
                .appendPattern(pattern.replace('y', 'u'))
                .toFormatter(Locale.ROOT)
                .withResolverStyle(ResolverStyle.STRICT);
        if (FORMATS.size() < MOST_FORMATS) {
            FORMATS.put(pattern, made);
        }
        return made;
    }

    /** {@code map VALUE M="male" F="female" other="unknown"}; what is not listed, without {@code other}, has no shape. */
    private static Object map(@Nullable Object value, Options options) {
        Object mapped = options.hash(text(value).strip());
        if (mapped == null) {
            mapped = options.hash("other");
        }
        if (mapped == null) {
            throw new IllegalArgumentException("a value is not listed");
        }
        return mapped;
    }

    /** {@code uuid "name"}: of this record and a name, always the same. */
    private static Object uuid(@Nullable Object name, Options options) {
        String record = options.context.get("@id") instanceof String id ? id : "";
        return RecordIds.uuid(record, text(name));
    }

    /** {@code cut VALUE 20}: at most so many characters. */
    private static CharSequence cut(@Nullable Object value, Options options) {
        String text = text(value);
        Integer most = options.param(0);
        return text.codePointCount(0, text.length()) <= most
                ? text
                : text.substring(0, text.offsetByCodePoints(0, most));
    }

    /** A name that no record of the table has is a mistake in the template; a value that is null is not. */
    private static CharSequence absent(@Nullable Object value, Options options) {
        String name = options.helperName;
        if (name.matches("[^./@\\[\\]]+") && !name.equals("this") && !known(options.context, name)) {
            throw new IllegalArgumentException("a name is not known");
        }
        if (options.params.length > 0) {
            throw new IllegalArgumentException("a helper is not known");
        }
        return "";
    }

    private static boolean known(@Nullable Context context, String name) {
        for (Context each = context; each != null; each = each.parent()) {
            if (each.model() instanceof Map<?, ?> map && map.containsKey(name)) {
                return true;
            }
        }
        return false;
    }

    private static String text(@Nullable Object value) {
        return value == null ? "" : value.toString();
    }
}
