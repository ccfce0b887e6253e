package io.intake.processors.operator;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.intake.processors.Json;
import io.intake.processors.query.UploadQuery;
import io.intake.processors.query.UploadQuery.Upload;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lists uploads that have not ended. */
@Command(
        name = "uploads",
        description = {
            "Lists uploads that were begun and have not ended, oldest first: with the bytes that are safe, and what they wait for.",
            "resume: the session was lost, the partner can go on. rename: whole, under a temporary name. session: one may be at it."
        })
final class UploadsCommand extends OperatorCommand {
    @Option(names = "--partner", paramLabel = "ID", description = "of this partner")
    private @Nullable String partner;

    @Option(
            names = "--limit",
            paramLabel = "N",
            defaultValue = "500",
            description = "look at so many of each kind (default: 500)")
    private int limit;

    @Override
    public Integer call() {
        try (Session session = open()) {
            Instant now = surroundings().clock().instant();
            List<Upload> uploads = new UploadQuery(session.store(), session.records()).unfinished(partner, limit);
            ObjectNode json = answer();
            ArrayNode list = json.putArray("uploads");
            uploads.forEach(each -> list.add(Json.mapper().<ObjectNode>valueToTree(each)));
            say(json, out -> {
                List<List<String>> rows = new ArrayList<>();
                rows.add(List.of("UPLOAD", "PARTNER", "SAFE BYTES", "AGE", "SINCE", "WAITS FOR"));
                uploads.forEach(each -> rows.add(List.of(
                        each.id(),
                        each.partner(),
                        Texts.number(each.size()),
                        Texts.age(each.since(), now),
                        Texts.time(each.since()),
                        each.waits().name().toLowerCase(Locale.ROOT))));
                if (uploads.isEmpty()) {
                    out.println("no unfinished uploads");
                } else {
                    Texts.table(out, rows);
                }
            });
            return ExitCode.OK;
        }
    }
}
