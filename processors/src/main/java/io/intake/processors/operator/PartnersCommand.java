package io.intake.processors.operator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.intake.config.Configuration;
import io.intake.config.ConfigurationException;
import io.intake.config.ConfigurationParser;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What is done about partners.yml. */
@Command(
        name = "partners",
        description = "What is done about partners.yml.",
        subcommands = {PartnersCommand.Validate.class, PartnersCommand.AddKey.class},
        synopsisSubcommandLabel = "COMMAND")
final class PartnersCommand extends OperatorCommand {

    @Override
    public Integer call() {
        throw new ProblemException(ExitCode.USAGE, "the commands are: partners validate, partners add-key");
    }

    private static String read(Path file) throws IOException {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (NoSuchFileException missing) {
            throw new ProblemException(ExitCode.NOT_FOUND, "there is no file " + file);
        }
    }

    /** Finds the mistakes of a file. */
    @Command(
            name = "validate",
            description = "Reports all mistakes of a partners.yml, each with file and line; asks no bucket.")
    static final class Validate extends OperatorCommand {
        @Parameters(paramLabel = "FILE")
        private Path file = Path.of("partners.yml");

        @Override
        public Integer call() throws IOException {
            String yaml = read(file);
            ObjectNode json = answer();
            try {
                Configuration configuration = ConfigurationParser.parse(file.toString(), yaml);
                long feeds = configuration.partners().stream()
                        .mapToLong(partner -> partner.feeds().size())
                        .sum();
                json.put("valid", true).putArray("problems");
                say(
                        json,
                        out -> out.println("valid: %d partners, %d feeds, %d engines, %s"
                                .formatted(
                                        configuration.partners().size(),
                                        feeds,
                                        configuration.engines().size(),
                                        configuration.pager() == null ? "nobody is paged" : "a pager")));
                return ExitCode.OK;
            } catch (ConfigurationException wrong) {
                var problems = json.put("valid", false).putArray("problems");
                wrong.problems().forEach(problems::add);
                say(json, out -> wrong.problems().forEach(out::println));
                return ExitCode.PROBLEM;
            }
        }
    }

    /** Adds a partner's public key. */
    @Command(
            name = "add-key",
            description = {
                "Adds a public key to a partner's in a partners.yml here; the rest of the file, comments too, stays as it is.",
                "The result is validated before anything is written. Put it into the bucket by your usual way."
            })
    static final class AddKey extends OperatorCommand {
        @Parameters(index = "0", paramLabel = "PARTNER")
        private String partner = "";

        @Parameters(index = "1", paramLabel = "KEYFILE", description = "the .pub file that the partner sent")
        private Path key = Path.of("id.pub");

        @Option(
                names = "--file",
                paramLabel = "FILE",
                defaultValue = "partners.yml",
                description = "default: partners.yml")
        private Path file = Path.of("partners.yml");

        @Override
        public Integer call() throws IOException {
            String yaml = read(file);
            List<String> lines =
                    read(key).lines().filter(line -> !line.isBlank()).toList();
            if (lines.size() != 1) {
                throw new ProblemException(ExitCode.PROBLEM, "the key file must have one line, as a .pub file has");
            }
            if (lines.getFirst().contains("PRIVATE")) {
                throw new ProblemException(
                        ExitCode.PROBLEM,
                        "this is a private key: have the partner make a new pair and send the .pub file");
            }
            String changed = PublicKeys.add(yaml, partner, lines.getFirst().strip());
            try {
                // a file that was valid stays so, or nothing is written
                var _ = ConfigurationParser.parse(file.toString(), changed);
            } catch (ConfigurationException wrong) {
                throw new ProblemException(
                        ExitCode.PROBLEM, "nothing was written:\n" + String.join("\n", wrong.problems()));
            }
            Path draft = file.resolveSibling(file.getFileName() + ".new");
            Files.writeString(draft, changed);
            Files.move(draft, file, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
            say(
                    answer().put("partner", partner).put("added", true),
                    out -> out.println("added to " + partner + " in " + file));
            return ExitCode.OK;
        }
    }
}
