package io.intake.gateway;

import io.intake.bucket.BucketLayout;
import io.intake.config.Configuration;
import io.intake.config.ConfigurationException;
import io.intake.config.ConfigurationParser;
import io.intake.gateway.metrics.GatewayMetrics;
import io.intake.store.ByteRange;
import io.intake.store.ObjectContent;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import io.intake.store.ReadRequest;
import io.intake.store.StoreException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The configuration in force, and its renewal. A version with mistakes is refused whole and the one before stays in force.
 * Thread-safe.
 */
public final class LiveConfiguration implements Supplier<Configuration> {
    private static final Logger LOG = LoggerFactory.getLogger(LiveConfiguration.class);

    /** The largest partners.yml, in bytes: more would be somebody's mistake. */
    private static final int MAX_BYTES = 16 << 20;

    /**
     * A text and what changes with it.
     *
     * @param version the object's ETag, or the file's time and size
     */
    private record Version(String version, String text) {}

    private final PartnersSource source;
    private final ObjectStore store;
    private final GatewayMetrics metrics;
    private volatile Configuration current;
    private volatile String version;

    private LiveConfiguration(
            PartnersSource source, ObjectStore store, GatewayMetrics metrics, Configuration first, String version) {
        this.source = source;
        this.store = store;
        this.metrics = metrics;
        this.current = first;
        this.version = version;
    }

    /**
     * Reads the configuration for the first time.
     *
     * @throws ConfigurationException with every mistake in it, or if there is none
     */
    public static LiveConfiguration load(PartnersSource source, ObjectStore store) {
        return load(source, store, new GatewayMetrics());
    }

    /** The same, with metrics that count what becomes of later versions. */
    public static LiveConfiguration load(PartnersSource source, ObjectStore store, GatewayMetrics metrics) {
        try {
            Version first = read(source, store);
            return new LiveConfiguration(source, store, metrics, parse(source, first), first.version());
        } catch (IOException | StoreException e) {
            throw new ConfigurationException(
                    List.of(name(source) + ": cannot be read (" + e.getClass().getSimpleName() + ")"));
        }
    }

    @Override
    public Configuration get() {
        return current;
    }

    /** Takes a changed version over; a bad or unreadable one is logged once and leaves the old one in force. */
    public void refresh() {
        List<String> problems = renew();
        if (!problems.isEmpty()) {
            LOG.error("partners not reloaded, the version before stays in force: problems={}", problems);
        }
    }

    /** Takes a changed version over, if it has no mistakes; gives those it has, the first time that it is seen. */
    synchronized List<String> renew() {
        try {
            if (versionOf(source, store).equals(version)) {
                return List.of();
            }
            Version next = read(source, store);
            version = next.version();
            current = parse(source, next);
            metrics.reloaded("applied");
            LOG.info("partners reloaded: partners={}", current.partners().size());
            return List.of();
        } catch (ConfigurationException e) {
            metrics.reloaded("refused");
            return e.problems();
        } catch (IOException | StoreException e) {
            metrics.reloaded("unreadable");
            LOG.warn(
                    "partners cannot be read, the version before stays in force: cause={}",
                    e.getClass().getSimpleName());
            return List.of();
        }
    }

    private static Configuration parse(PartnersSource source, Version read) {
        Configuration parsed = ConfigurationParser.parse(name(source), read.text());
        List<String> problems = PartnerKeys.of(parsed).problems();
        if (!problems.isEmpty()) {
            throw new ConfigurationException(problems);
        }
        return parsed;
    }

    private static String name(PartnersSource source) {
        return switch (source) {
            case PartnersSource.File(Path path) -> String.valueOf(path.getFileName());
            case PartnersSource.Bucket() -> BucketLayout.PARTNERS;
        };
    }

    private static String versionOf(PartnersSource source, ObjectStore store) throws IOException {
        return switch (source) {
            case PartnersSource.File(Path path) -> Files.getLastModifiedTime(path) + "/" + Files.size(path);
            case PartnersSource.Bucket() ->
                store.head(BucketLayout.PARTNERS).map(ObjectInfo::etag).orElseThrow(() -> new IOException("absent"));
        };
    }

    private static Version read(PartnersSource source, ObjectStore store) throws IOException {
        String version = versionOf(source, store);
        return switch (source) {
            case PartnersSource.File(Path path) -> new Version(version, Files.readString(path));
            case PartnersSource.Bucket() -> {
                ReadRequest request = ReadRequest.range(BucketLayout.PARTNERS, new ByteRange(0, MAX_BYTES), version);
                try (ObjectContent content = store.read(request)) {
                    byte[] bytes = content.stream().readAllBytes();
                    yield new Version(version, new String(bytes, StandardCharsets.UTF_8));
                }
            }
        };
    }
}
