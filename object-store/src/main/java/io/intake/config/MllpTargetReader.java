package io.intake.config;

import io.intake.config.MllpTarget.Acknowledgement;
import io.intake.config.MllpTarget.ApplicationError;
import java.time.Duration;
import java.util.Set;

/** Reads an engine of type {@code mllp}. */
final class MllpTargetReader implements TargetReader {
    private static final Duration DEFAULT_CONNECT = Duration.ofSeconds(10);

    @Override
    public Set<String> keys() {
        return Set.of("host", "port", "connect-timeout", "tls", "acknowledgement", "application-error");
    }

    @Override
    public Target read(Fields fields, Problems problems) {
        return new MllpTarget(
                fields.required("host", HostReader::host).orElse("invalid"),
                fields.required("port", HostReader.port()).orElse(1),
                fields.optional("connect-timeout", connectTimeout()).orElse(DEFAULT_CONNECT),
                fields.optional("tls", TlsReader::read).orElse(null),
                fields.optional("acknowledgement", Words.of(Acknowledgement.class))
                        .orElse(Acknowledgement.COMMIT),
                fields.optional("application-error", Words.of(ApplicationError.class))
                        .orElse(ApplicationError.REFUSE));
    }

    static Reader<Duration> connectTimeout() {
        return Scalars.duration(Duration.ofSeconds(1), Duration.ofMinutes(2), "from 1s to 2m");
    }
}
