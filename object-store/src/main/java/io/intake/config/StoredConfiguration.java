package io.intake.config;

import io.intake.store.AbsentException;
import io.intake.store.ObjectContent;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import io.intake.store.ReadRequest;
import io.intake.store.TransientStoreException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configuration in the bucket, read again when its ETag changes. A version with mistakes is refused whole and the one
 * before stays in force. Thread-safe.
 */
public final class StoredConfiguration implements Supplier<Configuration> {
    private static final Logger LOG = LoggerFactory.getLogger(StoredConfiguration.class);

    private final ObjectStore store;
    private final String key;
    private final InstantSource clock;
    private final Duration checkEvery;
    private @Nullable Configuration current;
    private @Nullable String etag;
    private Instant checkedAt = Instant.MIN;

    /** @param checkEvery how long a version is used without asking the store for a newer one */
    public StoredConfiguration(ObjectStore store, String key, InstantSource clock, Duration checkEvery) {
        this.store = store;
        this.key = key;
        this.clock = clock;
        this.checkEvery = checkEvery;
    }

    /**
     * The newest valid version.
     *
     * @throws ConfigurationException if the very first version read has mistakes or there is none
     * @throws io.intake.store.StoreException if the very first version cannot be read
     */
    @Override
    public synchronized Configuration get() {
        Instant now = clock.instant();
        Configuration known = current;
        if (known != null && now.isBefore(checkedAt.plus(checkEvery))) {
            return known;
        }
        try {
            known = load(known);
            current = known;
            checkedAt = now;
            return known;
        } catch (ConfigurationException | io.intake.store.StoreException e) {
            if (known == null) {
                throw e;
            }
            LOG.error(
                    "{\"configuration\":\"refused, the one before stays in force\",\"problem\":\"{}\"}",
                    e.getMessage());
            checkedAt = now;
            return known;
        }
    }

    private Configuration load(@Nullable Configuration known) {
        ObjectInfo info = store.head(key)
                .orElseThrow(() -> new ConfigurationException(
                        java.util.List.of(key + ": there is no such object in the bucket; put partners.yml there")));
        if (known != null && info.etag().equals(etag)) {
            return known;
        }
        try (ObjectContent content = store.read(ReadRequest.whole(key))) {
            String text = new String(content.stream().readAllBytes(), StandardCharsets.UTF_8);
            // The mark is set before parsing, so that a bad version is refused, and reported, once.
            etag = content.info().etag();
            return ConfigurationParser.parse(key, text);
        } catch (IOException lost) {
            throw new TransientStoreException("read", key, "connection lost", lost);
        } catch (AbsentException gone) {
            throw new ConfigurationException(java.util.List.of(key + ": was deleted"));
        }
    }
}
