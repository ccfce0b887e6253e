package io.intake.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.bucket.BucketLayout;
import io.intake.config.Configuration;
import io.intake.config.ConfigurationException;
import io.intake.store.Content;
import io.intake.store.PutRequest;
import io.intake.store.memory.InMemoryObjectStore;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.junit.jupiter.api.Test;

/** A slip in partners.yml must not lock out every hospital at once. */
class LiveConfigurationTest {
    private final InMemoryObjectStore store = new InMemoryObjectStore(InstantSource.system());

    private void write(String yaml) {
        store.put(PutRequest.of(
                BucketLayout.PARTNERS, Content.of(yaml.getBytes(StandardCharsets.UTF_8)), "application/yaml"));
    }

    private static String partner(String id) {
        String key = PublicKeyEntry.toString(HostKeys.generate().getPublic());
        return "partners:\n  - id: " + id + "\n    login:\n      public-keys: [\"" + key + "\"]\n"
                + "    feeds: [ { id: f, match: x, deliver: { engine: e } } ]\n"
                + "engines: { e: { type: http, url: \"http://e\" } }\n";
    }

    @Test
    void aChangedVersionIsTakenOverAndABadOneIsNot() {
        write(partner("st-marys"));
        LiveConfiguration live = LiveConfiguration.load(new PartnersSource.Bucket(), store);
        Configuration first = live.get();
        assertThat(first.partner("st-marys")).isPresent();
        live.refresh();
        assertThat(live.get()).isSameAs(first);
        write("partners: [");
        live.refresh();
        assertThat(live.get()).isSameAs(first);
        store.delete(BucketLayout.PARTNERS);
        live.refresh();
        assertThat(live.get()).isSameAs(first);
        write(partner("mercy"));
        live.refresh();
        assertThat(live.get().partner("mercy")).isPresent();
        assertThat(live.get().partner("st-marys")).isEmpty();
    }

    @Test
    void withoutAConfigurationThereIsNoStart() {
        assertThatThrownBy(() -> LiveConfiguration.load(new PartnersSource.Bucket(), store))
                .isInstanceOf(ConfigurationException.class);
    }
}
