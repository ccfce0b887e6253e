package io.intake.config;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Reads an engine of type {@code sftp}. */
final class SftpTargetReader implements TargetReader {
    private static final int SSH = 22;

    /** No blanks and no controls; what servers take further is theirs. */
    private static final Pattern USER = Pattern.compile("[\\x21-\\x7e]{1,128}");

    /** As {@code ssh-keygen -lf} prints it. */
    private static final Pattern FINGERPRINT = Pattern.compile("SHA256:[A-Za-z0-9+/]{43}");

    /** Of a path, no step upwards. */
    private static final Pattern DIRECTORY = Pattern.compile("(?!(?:.*/)?\\.\\.(?:/|$))[A-Za-z0-9 !_.@+=()/-]{1,500}");

    private static final Pattern PREFIX =
            Pattern.compile("(?![.-])(?=.*\\{job\\})(?:[A-Za-z0-9!_.@+=()-]|\\{(?:partner|feed|date|job)\\}){1,100}");

    private static final Pattern SUFFIX = Pattern.compile("\\.[A-Za-z0-9][A-Za-z0-9.]{0,15}");

    private static final String DEFAULT_PREFIX = "{partner}-{feed}-{job}-";

    @Override
    public Set<String> keys() {
        return Set.of(
                "host",
                "port",
                "user",
                "key",
                "passphrase",
                "password",
                "host-key",
                "directory",
                "prefix",
                "suffix",
                "names",
                "manifest");
    }

    @Override
    public Target read(Fields fields, Problems problems) {
        return new SftpTarget(
                fields.required("host", HostReader::host).orElse("invalid"),
                fields.optional("port", HostReader.port()).orElse(SSH),
                fields.required("user", Scalars.text(USER, "printable ASCII without blanks"))
                        .orElse("invalid"),
                identity(fields, problems),
                fields.required("host-key", SftpTargetReader::hostKeys).orElse(List.of("invalid")),
                fields.optional(
                                "directory",
                                Scalars.text(
                                        DIRECTORY, "a path of letters, digits, blanks and !_.@+=()/- without '..'"))
                        .orElse("."),
                fields.optional(
                                "prefix",
                                Scalars.text(
                                        PREFIX,
                                        "letters, digits and !_.@+=()- with {partner}, {feed}, {date} and {job}, of which {job}"
                                                + " must be there, and begin with no point or hyphen"))
                        .orElse(DEFAULT_PREFIX),
                fields.optional("suffix", Scalars.text(SUFFIX, "a point and letters and digits, such as .hl7"))
                        .orElse(""),
                fields.optional("names", Scalars::bool).orElse(false),
                fields.optional("manifest", Scalars::bool).orElse(false));
    }

    private static SftpTarget.Identity identity(Fields fields, Problems problems) {
        String key = fields.optional("key", TlsReader.reference()).orElse(null);
        String passphrase = fields.optional("passphrase", TlsReader.reference()).orElse(null);
        String password = fields.optional("password", TlsReader.reference()).orElse(null);
        if (fields.node("key").isEmpty() && fields.node("password").isEmpty()) {
            fields.node("type")
                    .ifPresent(
                            type -> problems.add(type, "an engine of type sftp needs a 'key', a 'password' or both"));
        }
        if (fields.node("key").isEmpty()) {
            fields.node("passphrase")
                    .ifPresent(node -> problems.add(node, "'passphrase' is a key's, and there is none"));
        }
        return new SftpTarget.Identity(key, passphrase, password);
    }

    /** One or a list. */
    private static Optional<List<String>> hostKeys(Node node, String key, Problems problems) {
        return node instanceof SequenceNode
                ? Lists.notEmpty(Lists.distinct(SftpTargetReader::hostKey, "this host key", text -> text))
                        .read(node, key, problems)
                : hostKey(node, key, problems).map(List::of);
    }

    private static Optional<String> hostKey(Node node, String key, Problems problems) {
        return Scalars.text(node, key, problems).map(String::strip).filter(text -> {
            if (text.startsWith("SHA256:")) {
                boolean whole = FINGERPRINT.matcher(text).matches();
                if (!whole) {
                    problems.add(
                            node,
                            "'" + key + "': a fingerprint is SHA256: and 43 characters, as ssh-keygen -lf prints it");
                }
                return whole;
            }
            Optional<String> mistake = PublicKeyLine.mistake(text);
            mistake.ifPresent(what -> problems.add(node, "'" + key + "': " + what));
            return mistake.isEmpty();
        });
    }
}
