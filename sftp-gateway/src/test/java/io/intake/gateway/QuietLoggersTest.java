package io.intake.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.sshd.common.util.logging.AbstractLoggingBean;
import org.junit.jupiter.api.Test;

/** MINA's lines name users and addresses, also where one of our classes extends its and they come under our name. */
class QuietLoggersTest {

    private static List<Class<?>> ofMina() throws Exception {
        URI classes = IntakeGateway.class
                .getProtectionDomain()
                .getCodeSource()
                .getLocation()
                .toURI();
        try (Stream<Path> files = Files.walk(Path.of(classes))) {
            return files.map(file -> Path.of(classes).relativize(file).toString())
                    .filter(name -> name.endsWith(".class") && name.startsWith("io/intake/gateway"))
                    .<Class<?>>map(name -> load(name.substring(0, name.length() - ".class".length())))
                    .filter(AbstractLoggingBean.class::isAssignableFrom)
                    .toList();
        }
    }

    private static Class<?> load(String path) {
        try {
            return Class.forName(path.replace('/', '.'), false, IntakeGateway.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String configuration() throws IOException {
        try (InputStream in = IntakeGateway.class.getResourceAsStream("logback.xml")) {
            assertThat(in).isNotNull();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @Test
    void whatMinaLogsUnderOurNamesIsOffInProduction() throws Exception {
        List<Class<?>> classes = ofMina();
        assertThat(classes).contains(DrainableServer.class);
        String configuration = configuration();
        // logback takes a nested class's logger for one below its outer class's
        assertThat(classes)
                .filteredOn(each -> !configuration.contains(
                        "<logger name=\"" + each.getName().replaceFirst("\\$.*", "") + "\" level=\"OFF\"/>"))
                .isEmpty();
    }
}
