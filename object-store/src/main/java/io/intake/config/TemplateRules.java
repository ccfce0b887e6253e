package io.intake.config;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.Node;

/** What a feed's template may be, which depends on what its engine takes. */
final class TemplateRules {
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_.-]{0,99}\\.(json|hl7|xml|txt)");

    private TemplateRules() {}

    /** The name of an object under {@code config/templates/}. */
    static Reader<String> name() {
        return Scalars.text(
                NAME, "the name of a template: letters, digits and ._- that end with .json, .hl7, .xml or .txt");
    }

    /**
     * Adds what does not go together.
     *
     * @param files whether files are delivered as they are
     */
    static void check(
            Target target, @Nullable String template, boolean files, Fields fields, Node node, Problems problems) {
        Node at = fields.node("template").orElse(node);
        if (template != null && files && !(target instanceof RedoxTarget)) {
            problems.add(at, "'template' shapes records, so that 'as: file' and 'as: members' cannot be given");
        }
        boolean json = template == null || template.endsWith(".json");
        switch (target) {
            case HttpTarget http -> {
                boolean text = http.body().form() == HttpBody.Form.TEXT;
                if (!json && !text) {
                    problems.add(at, "the engine's 'format' takes JSON, so that the template must end with .json");
                }
                if (template == null && text && !files) {
                    problems.add(node, "the engine's 'format: text' needs a 'template'");
                }
            }
            case RedoxTarget redox -> {
                if (!json) {
                    problems.add(at, "an engine of type redox takes JSON: the template must end with .json");
                }
                if (template == null && !files) {
                    problems.add(node, "an engine of type redox needs a 'template' that makes its data models");
                }
            }
            case MllpTarget ignored -> {
                if (!files && (template == null || !template.endsWith(".hl7"))) {
                    problems.add(
                            at,
                            "an engine of type mllp takes HL7 messages: 'deliver' needs a 'template' that ends with"
                                    + " .hl7, or 'as: file' or 'as: members' for files that hold them");
                }
            }
            case S3Target ignored -> {
                if (template != null) {
                    problems.add(at, "an engine of type s3 gets tables as they are, without a 'template'");
                }
            }
            case SftpTarget ignored -> {
                if (template != null) {
                    problems.add(at, "an engine of type sftp gets tables as they are, without a 'template'");
                }
            }
            case FhirTarget ignored -> {
                if (files) {
                    problems.add(node, "an engine of type fhir takes resources, so that 'as' cannot be given");
                } else if (template == null || !json) {
                    problems.add(at, "an engine of type fhir needs a 'template' that ends with .json");
                }
            }
        }
    }
}
