package io.intake.secrets;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where a secret is kept, and under which name.
 *
 * @param service that keeps it
 * @param id its name or ARN there
 */
public record SecretName(Service service, String id) {
    /** Whose alphabets these are; SSM's is the larger one by the slash in front, Secrets Manager's by {@code +=@}. */
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9/_+=.@:-]{1,2048}");

    /** What keeps secrets. */
    public enum Service {
        /** AWS Secrets Manager. */
        SECRETS_MANAGER("secretsmanager"),
        /** The parameter store of AWS Systems Manager. */
        PARAMETER_STORE("ssm");

        private final String scheme;

        Service(String scheme) {
            this.scheme = scheme;
        }

        /** The word in front of the colon, which is also the service's name in signatures and host names. */
        public String scheme() {
            return scheme;
        }
    }

    /** Reads {@code secretsmanager:NAME} or {@code ssm:NAME}; empty if it is neither. */
    public static Optional<SecretName> parse(String text) {
        for (Service service : Service.values()) {
            String prefix = service.scheme() + ":";
            if (text.startsWith(prefix)
                    && ID.matcher(text.substring(prefix.length())).matches()) {
                return Optional.of(new SecretName(service, text.substring(prefix.length())));
            }
        }
        return Optional.empty();
    }

    /** As it is written in a configuration. */
    @Override
    public String toString() {
        return service.scheme() + ":" + id;
    }
}
