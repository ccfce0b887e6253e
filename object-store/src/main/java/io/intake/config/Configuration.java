package io.intake.config;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A whole, valid configuration. Immutable.
 *
 * @param partners in the order of the file; ids are unique
 * @param engines by id, in the order of the file
 * @param pager null where nobody is to be paged
 */
public record Configuration(
        List<Partner> partners,
        Map<String, Engine> engines,
        @Nullable Pager pager) {
    public Configuration {
        partners = List.copyOf(partners);
        engines = Collections.unmodifiableMap(new LinkedHashMap<>(engines));
    }

    public Optional<Partner> partner(String id) {
        return partners.stream().filter(partner -> partner.id().equals(id)).findFirst();
    }
}
