package io.intake.gateway;

import io.intake.bucket.TemporaryNames;
import io.intake.config.Network;
import io.intake.gateway.access.ConnectionLimits;
import io.intake.gateway.audit.NameHash;
import io.intake.secrets.AwsSecrets;
import io.intake.secrets.SecretName;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Reads a {@link GatewayConfig} from environment variables, all mistakes at once.
 *
 * <p>{@code INTAKE_SFTP_HOST} (0.0.0.0), {@code INTAKE_SFTP_PORT} (2222); one of {@code INTAKE_HOST_KEY_FILE}, {@code
 * INTAKE_HOST_KEY} and {@code INTAKE_HOST_KEY_SECRET} (such as {@code secretsmanager:NAME} or {@code ssm:NAME}); {@code INTAKE_AUDIT_KEY} (hexadecimal, at least 32 digits); {@code INTAKE_PARTNERS} (a file; else
 * config/partners.yml of the bucket); {@code INTAKE_TEMPORARY_SUFFIXES} (comma separated); {@code INTAKE_UPLOAD_MEMORY} and
 * {@code INTAKE_CHANNEL_WINDOW} (such as {@code 256MiB}); {@code INTAKE_UPLOAD_SHARE} (percent), {@code INTAKE_UPLOAD_IDLE}; {@code INTAKE_LOGIN_GRACE}, {@code INTAKE_IDLE_TIMEOUT}, {@code
 * INTAKE_DRAIN_TIMEOUT} (such as {@code 90s}, {@code 15m}); {@code INTAKE_SESSIONS_PER_PARTNER}, {@code
 * INTAKE_CHANNELS_PER_SESSION}; {@code INTAKE_SESSIONS}, {@code INTAKE_SESSIONS_PER_ADDRESS}, {@code INTAKE_STRANGERS}, {@code
 * INTAKE_STRANGERS_PER_ADDRESS}; {@code INTAKE_PROXIES}; {@code INTAKE_ALGORITHMS} ({@code modern} or {@code older}). The bucket's own variables are the store's.
 */
final class GatewayEnvironment {
    private static final Pattern SIZE = Pattern.compile("(\\d{1,12})(B|KiB|MiB|GiB)?");
    private static final Pattern TIME = Pattern.compile("(\\d{1,9})(s|m|h)");

    /** What everything but uploads and what clients send ahead takes of the heap while nobody is connected. */
    private static final long BARE_HEAP = 16L << 20;

    private final Map<String, String> environment;
    private final long heap;
    private final List<String> problems = new ArrayList<>();

    private GatewayEnvironment(Map<String, String> environment, long heap) {
        this.environment = environment;
        this.heap = heap;
    }

    /** @param heap what the JVM may use at most, in bytes */
    static GatewayConfig read(Map<String, String> environment, long heap) {
        return new GatewayEnvironment(environment, heap).read();
    }

    private GatewayConfig read() {
        String host = value("INTAKE_SFTP_HOST").orElse("0.0.0.0");
        int port = number("INTAKE_SFTP_PORT", 2222, 0, 65_535);
        HostKeySource hostKeys = hostKeys();
        PartnersSource partners = value("INTAKE_PARTNERS")
                .<PartnersSource>map(path -> new PartnersSource.File(path("INTAKE_PARTNERS", path)))
                .orElseGet(PartnersSource.Bucket::new);
        byte[] auditKey = auditKey();
        TemporaryNames temporary = temporaryNames();
        long memory = size(
                "INTAKE_UPLOAD_MEMORY",
                GatewayConfig.DEFAULT_UPLOAD_MEMORY,
                GatewayConfig.MIN_UPLOAD_MEMORY,
                Integer.MAX_VALUE * 64L);
        lookWhetherItFits(memory);
        UploadLimits uploads = new UploadLimits(
                number("INTAKE_UPLOAD_SHARE", UploadLimits.DEFAULT.partnerPercent(), 1, 100),
                time("INTAKE_UPLOAD_IDLE", UploadLimits.DEFAULT.idle()));
        SessionLimits limits = limits();
        ConnectionLimits connections = connections();
        Duration drain = time("INTAKE_DRAIN_TIMEOUT", Duration.ofSeconds(30));
        GatewayConfig.Algorithms algorithms =
                convert("INTAKE_ALGORITHMS", GatewayConfig.Algorithms.MODERN, "modern or older", text -> {
                    return GatewayConfig.Algorithms.valueOf(text.toUpperCase(Locale.ROOT));
                });
        if (!problems.isEmpty()) {
            throw new GatewayConfigException(problems);
        }
        return new GatewayConfig(
                host,
                port,
                hostKeys,
                partners,
                auditKey,
                temporary,
                memory,
                uploads,
                limits,
                connections,
                drain,
                algorithms);
    }

    /** All channels' windows together are half as much again; a heap without room for both fails uploads when it is busiest. */
    private void lookWhetherItFits(long memory) {
        long needed = memory + memory / 2 + BARE_HEAP;
        if (needed > heap) {
            long fitting = Math.max(0, (heap - BARE_HEAP) * 2 / 3);
            problems.add("INTAKE_UPLOAD_MEMORY: %d MiB need a heap of at least %d MiB, and this JVM's is %d MiB; %s"
                    .formatted(
                            memory >> 20,
                            needed >> 20,
                            heap >> 20,
                            fitting < GatewayConfig.MIN_UPLOAD_MEMORY
                                    ? "give it a larger one (-Xmx)"
                                    : "set at most " + (fitting >> 20) + "MiB, or give it a larger one (-Xmx)"));
        }
    }

    private SessionLimits limits() {
        SessionLimits defaults = SessionLimits.DEFAULT;
        return new SessionLimits(
                time("INTAKE_LOGIN_GRACE", defaults.loginGrace()),
                time("INTAKE_IDLE_TIMEOUT", defaults.idle()),
                number("INTAKE_SESSIONS_PER_PARTNER", defaults.sessionsPerPartner(), 1, 100_000),
                number("INTAKE_CHANNELS_PER_SESSION", defaults.channelsPerSession(), 1, 1_000),
                (int) size("INTAKE_CHANNEL_WINDOW", defaults.windowBytes(), SessionLimits.MIN_WINDOW_BYTES, 64L << 20));
    }

    private ConnectionLimits connections() {
        ConnectionLimits defaults = ConnectionLimits.DEFAULT;
        return new ConnectionLimits(
                number("INTAKE_SESSIONS", defaults.sessions(), 1, 1_000_000),
                number("INTAKE_SESSIONS_PER_ADDRESS", defaults.sessionsPerAddress(), 1, 1_000_000),
                number("INTAKE_STRANGERS", defaults.strangers(), 1, 100_000),
                number("INTAKE_STRANGERS_PER_ADDRESS", defaults.strangersPerAddress(), 1, 100_000),
                convert("INTAKE_PROXIES", defaults.proxies(), "networks such as 10.0.0.0/16,10.1.0.0/16", text -> {
                    return Arrays.stream(text.split(","))
                            .map(String::strip)
                            .map(each ->
                                    Network.parse(each).orElseThrow(() -> new IllegalArgumentException("no network")))
                            .toList();
                }));
    }

    private HostKeySource hostKeys() {
        Map<String, Function<String, HostKeySource>> sources = Map.of(
                "INTAKE_HOST_KEY_FILE",
                path -> new HostKeySource.File(path("INTAKE_HOST_KEY_FILE", path)),
                "INTAKE_HOST_KEY",
                HostKeySource.Text::new,
                "INTAKE_HOST_KEY_SECRET",
                this::hostKeySecret);
        List<String> given = sources.keySet().stream()
                .filter(name -> value(name).isPresent())
                .toList();
        if (given.size() != 1) {
            problems.add("INTAKE_HOST_KEY_FILE, INTAKE_HOST_KEY or INTAKE_HOST_KEY_SECRET: give one of them, so that"
                    + " clients meet the same server at every start");
            return new HostKeySource.Ephemeral();
        }
        String name = given.getFirst();
        return sources.getOrDefault(name, HostKeySource.Text::new)
                .apply(value(name).orElse(""));
    }

    private HostKeySource hostKeySecret(String text) {
        Optional<SecretName> name = SecretName.parse(text);
        if (name.isEmpty()) {
            problems.add("INTAKE_HOST_KEY_SECRET: a name such as secretsmanager:intake/host-keys or"
                    + " ssm:/intake/host-keys is needed");
            return new HostKeySource.Ephemeral();
        }
        return new HostKeySource.Secret(
                name.get(),
                () -> AwsSecrets.fromEnvironment(environment, InstantSource.system())
                        .read(name.get()));
    }

    private byte[] auditKey() {
        Optional<String> key = value("INTAKE_AUDIT_KEY");
        if (key.isPresent()) {
            try {
                byte[] bytes = HexFormat.of().parseHex(key.get());
                if (bytes.length >= NameHash.MIN_KEY_BYTES) {
                    return bytes;
                }
            } catch (IllegalArgumentException e) {
                // told below, without the value: it is secret
            }
        }
        problems.add("INTAKE_AUDIT_KEY: at least " + 2 * NameHash.MIN_KEY_BYTES + " hexadecimal digits are needed");
        return new byte[NameHash.MIN_KEY_BYTES];
    }

    private TemporaryNames temporaryNames() {
        return convert("INTAKE_TEMPORARY_SUFFIXES", TemporaryNames.DEFAULT, "suffixes such as .tmp,.part", text -> {
            return new TemporaryNames(Arrays.stream(text.split(","))
                    .map(String::strip)
                    .filter(suffix -> !suffix.isEmpty())
                    .collect(Collectors.toSet()));
        });
    }

    private int number(String name, int otherwise, int least, int most) {
        return convert(name, otherwise, "a whole number from " + least + " to " + most, text -> {
            int number = Integer.parseInt(text);
            return inRange(number >= least && number <= most, number);
        });
    }

    private long size(String name, long otherwise, long least, long most) {
        return convert(name, otherwise, "a size such as 256MiB, at least " + (least >> 20) + "MiB", text -> {
            Matcher matcher = match(SIZE, text);
            String unit = matcher.group(2) == null ? "B" : matcher.group(2);
            int shift = switch (unit) {
                case "KiB" -> 10;
                case "MiB" -> 20;
                case "GiB" -> 30;
                default -> 0;
            };
            long size = Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << shift);
            return inRange(size >= least && size <= most, size);
        });
    }

    private Duration time(String name, Duration otherwise) {
        return convert(name, otherwise, "a time such as 90s, 15m or 1h", text -> {
            Matcher matcher = match(TIME, text);
            long count = Long.parseLong(matcher.group(1));
            return switch (matcher.group(2)) {
                case "s" -> Duration.ofSeconds(count);
                case "m" -> Duration.ofMinutes(count);
                default -> Duration.ofHours(count);
            };
        });
    }

    private Path path(String name, String text) {
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            problems.add(name + ": not a path");
            return Path.of("");
        }
    }

    private static Matcher match(Pattern pattern, String text) {
        Matcher matcher = pattern.matcher(text);
        inRange(matcher.matches(), text);
        return matcher;
    }

    private static <T> T inRange(boolean right, T value) {
        if (!right) {
            throw new IllegalArgumentException("out of range");
        }
        return value;
    }

    private <T> T convert(String name, T otherwise, String wanted, Function<String, T> conversion) {
        Optional<String> text = value(name);
        try {
            return text.isPresent() ? conversion.apply(text.get()) : otherwise;
        } catch (IllegalArgumentException | ArithmeticException e) {
            problems.add(name + ": " + wanted + " is needed, not \"" + text.orElse("") + "\"");
            return otherwise;
        }
    }

    private Optional<String> value(String name) {
        return Optional.ofNullable(environment.get(name)).map(String::strip).filter(text -> !text.isEmpty());
    }
}
