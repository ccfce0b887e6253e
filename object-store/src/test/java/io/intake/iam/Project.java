package io.intake.iam;

import java.nio.file.Files;
import java.nio.file.Path;

/** The checkout, wherever in it a test or a measurement is run. */
public final class Project {
    private static final String MARK = "serverless.yml";

    private Project() {}

    /**
     * The nearest folder, from the working directory upwards, that has a serverless.yml.
     *
     * @throws IllegalStateException if there is none
     */
    public static Path root() {
        Path here = Path.of("").toAbsolutePath();
        for (Path folder = here; folder != null; folder = folder.getParent()) {
            if (Files.exists(folder.resolve(MARK))) {
                return folder;
            }
        }
        throw new IllegalStateException("run this inside the checkout: no " + MARK + " in " + here + " or above it");
    }
}
