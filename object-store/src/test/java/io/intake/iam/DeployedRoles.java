package io.intake.iam;

import io.intake.iam.StoreRights.Right;
import io.intake.store.ObjectStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * Lets each function, and the gateway, do with the bucket what its deployed role allows, and nothing else. Keeps which rights
 * were used, for {@code LeastPrivilegeTest}: when the JVM ends they are written to the module's {@code target/rights}.
 * Thread-safe.
 */
public final class DeployedRoles {
    /** Who has the gateway's role. */
    public static final String GATEWAY = "gateway";
    /** Who operates it, by the policy for people. */
    public static final String OPERATOR = "operator";

    private static final Set<String> USED = new ConcurrentSkipListSet<>();
    private static final Path TARGET = Path.of("target");
    private static final String KEPT = "rights";

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(DeployedRoles::keep));
    }

    private final Map<String, List<Statement>> roles;

    private DeployedRoles(Map<String, List<Statement>> roles) {
        this.roles = roles;
    }

    private static final class Read {
        static final DeployedRoles ONCE = read();
    }

    /** As the files of this checkout say; tests run in a module's folder. */
    public static DeployedRoles ofThisProject() {
        return Read.ONCE;
    }

    private static DeployedRoles read() {
        try {
            Policies policies = Policies.read(Project.root());
            Map<String, List<Statement>> roles = new LinkedHashMap<>();
            policies.functions().forEach(name -> roles.put(name, policies.ofFunction(name)));
            roles.put(GATEWAY, policies.ofRole("GatewayRole"));
            roles.put(OPERATOR, policies.ofPolicy("OperatorPolicy"));
            return new DeployedRoles(roles);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whose roles there are: the functions by their names in serverless.yml, {@link #GATEWAY} and {@link #OPERATOR}. */
    public Set<String> names() {
        return roles.keySet();
    }

    /**
     * Whether a role allows an action.
     *
     * @param role of {@link #names}
     * @param action as IAM names it: {@code s3:GetObject}
     * @param key the object's; empty where it is about the bucket
     */
    public boolean allows(String role, String action, String key) {
        List<Statement> statements = roles.get(role);
        if (statements == null) {
            throw new IllegalArgumentException("there is no role for " + role);
        }
        boolean allowed = false;
        for (Statement statement : statements) {
            String resource = statement.allowing(action, key);
            if (resource != null) {
                USED.add(right(role, statement, action, resource));
                allowed = true;
            }
        }
        if (!allowed && System.getenv("RIGHTS") != null) {
            USED.add("MISSING " + role + " " + action + " "
                    + key.replaceAll("[0-9a-f]{16,}|20\\d{6}-[0-9a-f]+|\\d+", "N"));
            return true;
        }
        return allowed;
    }

    /**
     * Refuses a call of the storage port that a role does not allow.
     *
     * @param operation the method's name
     * @throws AssertionError if S3 would answer 403
     */
    public void check(String role, String operation, Object[] arguments) {
        for (Right right : StoreRights.of(operation, arguments)) {
            if (!allows(role, right.action(), right.key())) {
                throw new AssertionError("the role of %s in deploy/ does not allow %s on %s"
                        .formatted(role, right.action(), right.key().replaceAll("/.*", "/*")));
            }
        }
    }

    /** A store that a role allows to use. */
    public ObjectStore guarding(ObjectStore store, String role) {
        return (ObjectStore) Proxy.newProxyInstance(
                ObjectStore.class.getClassLoader(), new Class<?>[] {ObjectStore.class}, (proxy, method, given) -> {
                    Object[] arguments = given == null ? new Object[0] : given;
                    check(role, method.getName(), arguments);
                    try {
                        return method.invoke(store, arguments);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    private static String right(String role, Statement statement, String action, String resource) {
        return "%s: %s on '%s' (%s/%s)".formatted(role, action, resource, statement.policy(), statement.sid());
    }

    /** What the roles allow on the bucket, each action and resource by itself. */
    public Set<String> rights() {
        Set<String> rights = new TreeSet<>();
        roles.forEach((role, statements) -> statements.forEach(statement -> statement
                .actions()
                .forEach(action -> statement
                        .resources()
                        .forEach(resource -> rights.add(right(role, statement, action, resource))))));
        return rights;
    }

    /** What was used so far in this JVM. */
    public static Set<String> used() {
        return new TreeSet<>(USED);
    }

    /** What the JVMs that have ended used, that ran a module's tests since its target folder was made. */
    public static Set<String> usedIn(Path module) throws IOException {
        Set<String> used = new TreeSet<>();
        Path folder = module.resolve(TARGET).resolve(KEPT);
        if (Files.isDirectory(folder)) {
            try (var files = Files.newDirectoryStream(folder)) {
                for (Path file : files) {
                    used.addAll(Files.readAllLines(file));
                }
            }
        }
        return used;
    }

    private static void keep() {
        if (USED.isEmpty() || !Files.isDirectory(TARGET)) {
            return;
        }
        try {
            Path folder = Files.createDirectories(TARGET.resolve(KEPT));
            Files.write(folder.resolve(ProcessHandle.current().pid() + ".txt"), used());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
