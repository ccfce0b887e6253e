package io.intake.iam;

import io.intake.bucket.BucketLayout;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * What is deployed: each role's statements about the bucket, from the files that {@code serverless deploy} takes. Statements
 * about other services are left out; conditions count as met.
 */
final class Policies {
    private static final String BUCKET = "${self:custom.bucketArn}";

    /** Functions are called here as they are in serverless.yml, and on AWS with service and stage before that. */
    private static final String FAILURES = "${self:custom.failures}-";

    private final Map<String, Object> resources = new LinkedHashMap<>();
    private final Map<String, Object> functions;

    private Policies(Map<String, Object> functions) {
        this.functions = functions;
    }

    /** Reads serverless.yml and the files with roles beside it. */
    static Policies read(Path project) throws IOException {
        Policies policies =
                new Policies(map(yaml(project.resolve("serverless.yml")).get("functions")));
        for (String file : List.of("deploy/roles.yml", "deploy/gateway.yml", "deploy/operators.yml")) {
            policies.resources.putAll(map(yaml(project.resolve(file)).get("Resources")));
        }
        return policies;
    }

    @SuppressWarnings("unchecked") // a YAML document's mappings have strings as keys
    private static Map<String, Object> yaml(Path file) throws IOException {
        return (Map<String, Object>) new Load(LoadSettings.builder().build()).loadFromString(Files.readString(file));
    }

    /** The functions' names. */
    List<String> functions() {
        return List.copyOf(functions.keySet());
    }

    /** What a function may do with the bucket. */
    List<Statement> ofFunction(String function) {
        return ofRole(text(map(functions.get(function)).get("role")));
    }

    /** What a role may do with the bucket, its managed policies included. */
    List<Statement> ofRole(String role) {
        Map<String, Object> properties = map(map(resources.get(role)).get("Properties"));
        List<Statement> statements = new ArrayList<>();
        for (Object policy : list(properties.get("Policies"))) {
            statements.addAll(statements(role, map(policy).get("PolicyDocument")));
        }
        for (Object managed : list(properties.get("ManagedPolicyArns"))) {
            // one that a parameter decides about is not about the bucket
            if (!map(managed).containsKey("Fn::If")) {
                statements.addAll(ofPolicy(text(map(managed).get("Ref"))));
            }
        }
        return statements;
    }

    /** What a managed policy allows to do with the bucket. */
    List<Statement> ofPolicy(String name) {
        @Nullable
        Object document = map(map(resources.get(name)).get("Properties")).get("PolicyDocument");
        return statements(name, document);
    }

    private static List<Statement> statements(String policy, @Nullable Object document) {
        List<Statement> statements = new ArrayList<>();
        for (Object each : list(map(document).get("Statement"))) {
            Map<String, Object> statement = map(each);
            List<String> keys = list(statement.get("Resource")).stream()
                    .map(Policies::text)
                    .filter(arn -> arn.startsWith(BUCKET))
                    .map(arn -> arn.substring(BUCKET.length()))
                    .map(path -> path.startsWith("/") ? path.substring(1) : path)
                    .map(path -> path.replace(FAILURES, BucketLayout.FAILURES))
                    .toList();
            if (!keys.isEmpty() && "Allow".equals(statement.get("Effect"))) {
                List<String> actions = list(statement.get("Action")).stream()
                        .map(String.class::cast)
                        .toList();
                statements.add(new Statement(policy, text(statement.get("Sid")), actions, keys));
            }
        }
        return statements;
    }

    /** A string, or that of an Fn::Sub; nothing else names the bucket. */
    private static String text(@Nullable Object value) {
        Object text = value instanceof Map<?, ?> function ? function.get("Fn::Sub") : value;
        return text instanceof String string ? string : "";
    }

    @SuppressWarnings("unchecked") // as above
    private static Map<String, Object> map(@Nullable Object value) {
        if (value == null) {
            throw new IllegalArgumentException("a part of the deployment's files is missing");
        }
        return (Map<String, Object>) value;
    }

    private static List<?> list(@Nullable Object value) {
        return value == null ? List.of() : value instanceof List<?> list ? list : List.of(value);
    }
}
