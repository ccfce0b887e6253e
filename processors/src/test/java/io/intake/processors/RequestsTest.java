package io.intake.processors;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * S3 is paid by the request, and each takes its time: what a small file costs is written down here, so that it does not
 * creep up. Reading, writing and deleting are told apart because they are priced apart.
 */
class RequestsTest {

    /** An archive of so many entries, each a table of one row. */
    private static Map<String, String> files(int count) {
        Map<String, String> files = new LinkedHashMap<>();
        for (int i = 0; i < count; i++) {
            files.put("t%02d.csv".formatted(i), "X,Y\n1,2\n");
        }
        return files;
    }

    private static final class Counts {
        private final TreeMap<String, Integer> byCall = new TreeMap<>();

        void add(String call) {
            String kind = switch (call) {
                case "read", "head" -> "GET";
                case "delete", "abortUpload" -> "DELETE";
                case "list", "listUploads", "listParts" -> "LIST";
                default -> "PUT";
            };
            byCall.merge(kind, 1, Integer::sum);
        }

        @Override
        public String toString() {
            return byCall.entrySet().stream()
                    .map(each -> each.getValue() + " " + each.getKey())
                    .collect(Collectors.joining(", "));
        }
    }

    /** The requests of each task; the functions' environments are new, so that they read the configuration too. */
    private static Map<String, String> requests(int entries) {
        Map<String, Counts> requests = new LinkedHashMap<>();
        try (World world = new World()) {
            world.upload("daily/a.zip", SimulatedHospital.zip(files(entries)));
            String[] function = new String[1];
            world.aroundEachCall(call -> {
                if (call.startsWith("before ")) {
                    requests.computeIfAbsent(function[0], name -> new Counts()).add(call.substring(7));
                }
            });
            while (!world.events.isEmpty()) {
                World.Event event = world.events.remove();
                String[] parts = event.key().split("/", -1);
                function[0] = parts[0].equals("tasks") ? parts[1] : "intake";
                world.deliver(event);
            }
        }
        Map<String, String> all = new TreeMap<>();
        requests.forEach((name, counts) -> all.put(name, counts.toString()));
        return all;
    }

    @Test
    void aSmallFileTakesSoManyRequestsFromUploadToReceipt() {
        assertThat(requests(1))
                .isEqualTo(Map.of(
                        "intake", "3 GET, 6 PUT",
                        "unzip", "1 DELETE, 11 GET, 7 PUT",
                        "stitch", "1 DELETE, 8 GET, 1 LIST, 5 PUT",
                        "forward", "1 DELETE, 9 GET, 7 PUT"));
    }

    /** An entry is one PUT, its table one GET and one PUT, its delivery one GET and one checkpoint. */
    @Test
    void eachFurtherEntryTakesFiveMore() {
        assertThat(requests(11))
                .isEqualTo(Map.of(
                        "intake", "3 GET, 6 PUT",
                        "unzip", "1 DELETE, 11 GET, 17 PUT",
                        "stitch", "1 DELETE, 18 GET, 1 LIST, 15 PUT",
                        "forward", "1 DELETE, 19 GET, 17 PUT"));
    }
}
