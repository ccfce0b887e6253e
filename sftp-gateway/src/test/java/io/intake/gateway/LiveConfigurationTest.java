package io.intake.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.bucket.BucketLayout;
import io.intake.config.Configuration;
import io.intake.config.ConfigurationException;
import io.intake.store.Content;
import io.intake.store.PutRequest;
import io.intake.store.memory.InMemoryObjectStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;
import java.util.List;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.sftp.client.SftpClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A slip in partners.yml must not lock out every hospital at once. */
class LiveConfigurationTest {
    private final InMemoryObjectStore store = new InMemoryObjectStore(InstantSource.system());

    private void write(String yaml) {
        store.put(PutRequest.of(
                BucketLayout.PARTNERS, Content.of(yaml.getBytes(StandardCharsets.UTF_8)), "application/yaml"));
    }

    private static String partner(String id) {
        String key = PublicKeyEntry.toString(HostKeys.generate().getPublic());
        return "partners:\n  - id: " + id + "\n    login:\n      public-keys: [\"" + key + "\"]\n"
                + "    feeds: [ { id: f, match: x, deliver: { engine: e } } ]\n"
                + "engines: { e: { type: http, url: \"http://e\" } }\n";
    }

    @Test
    void aChangedVersionIsTakenOverAndABadOneIsNot() {
        write(partner("st-marys"));
        LiveConfiguration live = LiveConfiguration.load(new PartnersSource.Bucket(), store);
        Configuration first = live.get();
        assertThat(first.partner("st-marys")).isPresent();
        live.refresh();
        assertThat(live.get()).isSameAs(first);
        write("partners: [");
        live.refresh();
        assertThat(live.get()).isSameAs(first);
        store.delete(BucketLayout.PARTNERS);
        live.refresh();
        assertThat(live.get()).isSameAs(first);
        write(partner("mercy"));
        live.refresh();
        assertThat(live.get().partner("mercy")).isPresent();
        assertThat(live.get().partner("st-marys")).isEmpty();
    }

    @Test
    void withoutAConfigurationThereIsNoStart() {
        assertThatThrownBy(() -> LiveConfiguration.load(new PartnersSource.Bucket(), store))
                .isInstanceOf(ConfigurationException.class);
    }

    @Test
    void aBadVersionIsRefusedWholeAndEachOfItsMistakesIsNamedOnce() {
        write(partner("st-marys"));
        LiveConfiguration live = LiveConfiguration.load(new PartnersSource.Bucket(), store);
        write(partner("mercy")
                .replace("login:\n", "login:\n      allow-from: [198.51.100.7/24]\n      disabled: maybe\n")
                .replace("type: http,", "type: htp,"));
        assertThat(live.renew())
                .hasSize(3)
                .anyMatch(problem -> problem.contains("allow-from"))
                .anyMatch(problem -> problem.contains("disabled"))
                .anyMatch(problem -> problem.contains("type"));
        assertThat(live.get().partner("st-marys")).isPresent();
        assertThat(live.get().partner("mercy")).isEmpty();
        assertThat(live.renew()).as("the same version again").isEmpty();
        write(partner("mercy"));
        assertThat(live.renew()).isEmpty();
        assertThat(live.get().partner("mercy")).isPresent();
    }

    @Test
    void aFileIsTakenOverWhenItChangesOrIsReplaced(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("partners.yml");
        Files.writeString(file, partner("st-marys"));
        LiveConfiguration live = LiveConfiguration.load(new PartnersSource.File(file), store);
        Configuration first = live.get();
        assertThat(live.renew()).isEmpty();
        assertThat(live.get()).isSameAs(first);
        Path next = folder.resolve("next");
        Files.writeString(next, partner("mercy-one"));
        Files.move(next, file, StandardCopyOption.ATOMIC_MOVE);
        assertThat(live.renew()).isEmpty();
        assertThat(live.get().partner("mercy-one")).isPresent();
        Files.delete(file);
        assertThat(live.renew()).isEmpty();
        assertThat(live.get().partner("mercy-one")).isPresent();
        Files.writeString(file, "partners: 5\n");
        assertThat(live.renew()).isNotEmpty().allMatch(problem -> problem.startsWith("partners.yml:"));
        assertThat(live.get().partner("mercy-one")).isPresent();
    }

    @Test
    void aReloadEndsTheSessionsOfWhoIsGoneInTheMiddleOfTheirUploadsAndNobodyElses() throws IOException {
        try (GatewayFixture fixture = new GatewayFixture()) {
            fixture.keepUploads();
            String kept = PublicKeyEntry.toString(fixture.otherKey.getPublic());
            String gone = PublicKeyEntry.toString(fixture.key.getPublic());
            write(both(gone, kept, ""));
            LiveConfiguration live = LiveConfiguration.load(new PartnersSource.Bucket(), store);
            fixture.configuration = live.get();
            try (ClientSession leaving = fixture.connect();
                    ClientSession staying = fixture.connect(GatewayFixture.OTHER, fixture.otherKey)) {
                for (ClientSession session : List.of(leaving, staying)) {
                    SftpClient client = GatewayFixture.sftp(session);
                    SftpClient.CloseableHandle handle =
                            client.open("x", SftpClient.OpenMode.Write, SftpClient.OpenMode.Create);
                    client.write(handle, 0, new byte[100_000], 0, 100_000);
                }
                write(both(gone, kept, "\n# nothing new"));
                live.refresh();
                fixture.configuration = live.get();
                fixture.gateway.applyToSessions();
                assertThat(leaving.isOpen()).isTrue();
                write(both(gone, kept, "")
                        .replace("login: { ", "login: { expires: 2020-01-01, ")
                        .replace("mercy\n    login: { expires: 2020-01-01, ", "mercy\n    login: { "));
                live.refresh();
                fixture.configuration = live.get();
                fixture.gateway.applyToSessions();
                GatewayFixture.await("the session's end", () -> !leaving.isOpen());
                GatewayFixture.await("the upload's end", () -> fixture.gateway.openUploads() == 1);
                assertThat(staying.isOpen()).isTrue();
                assertThat(fixture.twin.snapshot().keySet()).noneMatch(key -> key.startsWith("inbound/"));
                assertThat(fixture.audit)
                        .filteredOn(line -> line.contains("\"operation\":\"upload\""))
                        .singleElement()
                        .asString()
                        .contains("\"partner\":\"st-marys\"", "\"outcome\":\"parked\"");
            }
        }
    }

    private static String both(String one, String other, String end) {
        return """
                partners:
                  - id: st-marys
                    login: { public-keys: ["ONE"] }
                    feeds: [ { id: f, match: x, deliver: { engine: e } } ]
                  - id: mercy
                    login: { public-keys: ["OTHER"] }
                    feeds: [ { id: f, match: x, deliver: { engine: e } } ]
                engines: { e: { type: http, url: "http://e" } }
                """.replace("ONE", one).replace("OTHER", other) + end;
    }
}
