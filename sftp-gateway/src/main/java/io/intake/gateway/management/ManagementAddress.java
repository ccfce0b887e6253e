package io.intake.gateway.management;

import java.util.List;
import java.util.Map;

/**
 * Where the management port is.
 *
 * @param host loopback unless told otherwise: what it says is for who runs the gateway, and it asks nobody who they are
 * @param port 0 for any free one
 */
public record ManagementAddress(String host, int port) {
    public static final String HOST = "INTAKE_MANAGEMENT_HOST";
    public static final String PORT = "INTAKE_MANAGEMENT_PORT";
    public static final int DEFAULT_PORT = 9464;
    private static final String LOOPBACK = "127.0.0.1";

    /** Any free port of this machine, for itself only. */
    public static ManagementAddress loopback() {
        return new ManagementAddress(LOOPBACK, 0);
    }

    /**
     * Reads {@value #HOST} (127.0.0.1) and {@value #PORT} ({@value #DEFAULT_PORT}).
     *
     * @param problems gets a mistake
     */
    public static ManagementAddress read(Map<String, String> environment, List<String> problems) {
        String host = value(environment, HOST, LOOPBACK);
        String text = value(environment, PORT, String.valueOf(DEFAULT_PORT));
        if (text.matches("[0-9]{1,5}") && Integer.parseInt(text) <= 65_535) {
            return new ManagementAddress(host, Integer.parseInt(text));
        }
        problems.add(PORT + ": a whole number from 0 to 65535 is needed, not \"" + text + "\"");
        return new ManagementAddress(host, DEFAULT_PORT);
    }

    private static String value(Map<String, String> environment, String name, String otherwise) {
        String value = environment.get(name);
        return value == null || value.isBlank() ? otherwise : value.strip();
    }
}
