package io.intake.processors;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** S3 is paid by the request, and each takes its time: what a small file costs is written down here, so that it does not creep up. */
class RequestsTest {
    private static Map<String, String> files(int count) {
        Map<String, String> files = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            files.put("t%02d.csv".formatted(i), "X,Y\n1,2\n");
        }
        return files;
    }

    /** The requests of each function, as {@code "head read put"}, for an archive of so many entries. */
    private static Map<String, String> requests(int entries) {
        Map<String, StringBuilder> requests = new LinkedHashMap<>();
        try (World world = new World()) {
            world.upload("daily/a.zip", SimulatedHospital.zip(files(entries)));
            String[] function = new String[1];
            world.aroundEachCall(call -> {
                if (call.startsWith("before ")) {
                    requests.computeIfAbsent(function[0], name -> new StringBuilder())
                            .append(' ')
                            .append(call.substring(7));
                }
            });
            while (!world.events.isEmpty()) {
                World.Event event = world.events.remove();
                String[] parts = event.key().split("/");
                function[0] = parts[0].equals("tasks") ? parts[1] + " " + Integer.parseInt(parts[3].substring(0, 6)) : "intake";
                world.deliver(event);
            }
        }
        Map<String, String> all = new TreeMap<>();
        requests.forEach((name, calls) -> all.put(name, calls.substring(1)));
        return all;
    }

    @Test
    void aSmallFileTakesSoManyRequestsFromUploadToReceipt() {
        assertThat(requests(1)).isEqualTo(Map.of());
    }
}
