package io.intake.processors.operator;

import io.intake.config.Configuration;
import io.intake.config.Engine;
import io.intake.config.Pager;
import io.intake.processors.forward.ConnectionFaults;
import io.intake.processors.operator.Doctor.Finding;
import io.intake.processors.operator.Doctor.Verdict;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/** Tries whether engines and the pager can be reached from here, by TCP and, where they use it, TLS. Sends nothing. */
final class Reachability {
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final URI PAGERDUTY = URI.create("https://events.pagerduty.com/");

    private final Session session;

    Reachability(Session session) {
        this.session = session;
    }

    /**
     * Where something listens.
     *
     * @param host a name or an address
     * @param port its port
     * @param tls whether it is spoken to by TLS from the beginning
     */
    record Place(String host, int port, boolean tls) {
        static Place of(URI uri) {
            boolean tls = "https".equalsIgnoreCase(uri.getScheme());
            return new Place(uri.getHost(), uri.getPort() > 0 ? uri.getPort() : tls ? 443 : 80, tls);
        }
    }

    List<Finding> examine() {
        Configuration configuration;
        try {
            configuration = session.configuration();
        } catch (ProblemException told) {
            // the doctor has told of it
            return List.of();
        }
        List<Finding> findings = new ArrayList<>();
        for (Engine engine : configuration.engines().values()) {
            String about = "engine " + engine.id();
            findings.add(place(engine.target() instanceof Record target ? target : engine)
                    .map(place -> connect(about, place))
                    .orElseGet(() -> new Finding(about, Verdict.SKIPPED, "it has no address to connect to")));
        }
        Pager pager = configuration.pager();
        if (pager != null) {
            URI endpoint = pager.endpoint();
            findings.add(connect("pager's address", Place.of(endpoint == null ? PAGERDUTY : endpoint)));
        }
        return findings;
    }

    /** Any kind of engine: by a component that is an address, or by those named host and port. */
    static Optional<Place> place(Record target) {
        Map<String, Object> components = components(target);
        for (Object value : components.values()) {
            if (value instanceof URI uri && uri.getHost() != null) {
                return Optional.of(Place.of(uri));
            }
        }
        if (components.get("host") instanceof String host && components.get("port") instanceof Integer port) {
            boolean tls = components.get("tls") != null && !Boolean.FALSE.equals(components.get("tls"));
            return Optional.of(new Place(host, port, tls));
        }
        return Optional.empty();
    }

    private static Map<String, Object> components(Record target) {
        Map<String, Object> values = new HashMap<>();
        for (RecordComponent component : target.getClass().getRecordComponents()) {
            try {
                @Nullable Object value = component.getAccessor().invoke(target);
                if (value != null) {
                    values.put(component.getName(), value);
                }
            } catch (IllegalAccessException | InvocationTargetException e) {
                throw new IllegalStateException("the records of engines are public", e);
            }
        }
        return values;
    }

    static Finding connect(String about, Place place) {
        String where = place.host() + ":" + place.port();
        int patience = (int) PATIENCE.toMillis();
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(place.host(), place.port()), patience);
            if (!place.tls()) {
                return new Finding(about, Verdict.OK, where + " can be connected to");
            }
            socket.setSoTimeout(patience);
            SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
            try (SSLSocket secure = (SSLSocket) factory.createSocket(socket, place.host(), place.port(), true)) {
                SSLParameters parameters = secure.getSSLParameters();
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                secure.setSSLParameters(parameters);
                secure.startHandshake();
                return new Finding(
                        about,
                        Verdict.OK,
                        where + " can be connected to by " + secure.getSession().getProtocol());
            }
        } catch (IOException failed) {
            String code = ConnectionFaults.of(failed, "OUT_OF_REACH").code();
            return code.startsWith("TLS_")
                    ? new Finding(
                            about,
                            Verdict.WARNING,
                            where + " can be connected to, but not by TLS as browsers do it (" + code
                                    + "): is its certificate by an authority of your own?")
                    : new Finding(about, Verdict.PROBLEM, where + " cannot be connected to from here: " + code);
        }
    }
}
