package io.intake.processors.operator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.intake.processors.Json;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command of the operator's: runs in a session and says what came of it as text or as JSON. */
abstract class OperatorCommand implements Callable<Integer> {
    /** Which form the JSON has; a new number where something that was there has gone or means another thing. */
    static final int SCHEMA = 1;

    @Spec
    private @Nullable CommandSpec spec;

    IntakeCommand intake() {
        if (spec == null) {
            throw new IllegalStateException("the command was not made by picocli");
        }
        return (IntakeCommand) spec.root().userObject();
    }

    /** The session that the command line asks for. */
    Session open() {
        return intake().open();
    }

    Surroundings surroundings() {
        return intake().surroundings();
    }

    /** An answer to fill in. */
    static ObjectNode answer() {
        return Json.mapper().createObjectNode().put("schema", SCHEMA);
    }

    /** Says it as JSON if that is asked for, else in words. */
    void say(ObjectNode json, Consumer<PrintWriter> text) {
        PrintWriter out = surroundings().out();
        if (intake().json()) {
            out.println(line(json));
        } else {
            text.accept(out);
        }
        out.flush();
    }

    private static String line(ObjectNode json) {
        try {
            return Json.mapper().writeValueAsString(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write the answer as JSON", e);
        }
    }
}
