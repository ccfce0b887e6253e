package io.intake.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A whole, valid configuration. Immutable.
 *
 * @param partners in the order of the file; ids are unique
 * @param engines by id
 * @param pager null where nobody is to be paged
 */
public record Configuration(
        List<Partner> partners,
        Map<String, Engine> engines,
        @Nullable Pager pager) {
    public Configuration {
        partners = List.copyOf(partners);
        engines = Map.copyOf(engines);
    }

    public Optional<Partner> partner(String id) {
        return partners.stream().filter(partner -> partner.id().equals(id)).findFirst();
    }
}
