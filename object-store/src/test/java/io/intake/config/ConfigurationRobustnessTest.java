package io.intake.config;

import static org.assertj.core.api.Assertions.fail;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** A configuration is reloaded while uploads run: whatever somebody saved, the worst it may do is to be refused. */
class ConfigurationRobustnessTest {
    private static final String SPICE =
            "{}[]&*!|>'\"%@`:,#?-~\t\n\r \\\u0000\u0085\u2028\ufeff\ud800\udc00aZ09.<=_$()+^";
    private static final String[] PHRASES = {
        "&a ",
        "*a",
        "!!str ",
        "!x ",
        "<<: *a\n",
        "---\n",
        "...\n",
        "%YAML 1.2\n",
        "%YAML 99999999999999999999.1\n",
        "%TAG ! x\n",
        "? ",
        "- ",
        ": ",
        "|2-\n",
        ">+\n",
        "null",
        "true",
        "1e999",
        "0x",
        "\"\\U00110000\"",
        "\"\\x\"",
        "'",
        "[[",
        "}}",
        "${X:-y}",
        "\\p{IsX}",
        "(?<n>",
        "[a-z&&[",
        "{2147483648}",
        "\\Q",
        "(?<=a*)",
        "\\k<x>",
        "\\N{X}"
    };

    @Test
    void mutatedConfigurationsAreAcceptedOrRefusedAndNothingElse() {
        for (int round = 0; round < 6_000; round++) {
            long seed = 20_261_121_000L + round;
            check(mutated(new Random(seed)), seed);
        }
    }

    @Test
    void randomTextsAreAcceptedOrRefusedAndNothingElse() {
        for (int round = 0; round < 6_000; round++) {
            long seed = 77_000_000L + round;
            Random random = new Random(seed);
            StringBuilder text = new StringBuilder();
            int length = random.nextInt(120);
            for (int index = 0; index < length; index++) {
                insert(text, text.length(), random);
            }
            check(text.toString(), seed);
        }
    }

    private static String mutated(Random random) {
        StringBuilder text = new StringBuilder(Examples.EVERY_KEY);
        int mutations = 1 + random.nextInt(6);
        for (int mutation = 0; mutation < mutations && !text.isEmpty(); mutation++) {
            int at = random.nextInt(text.length());
            int end = Math.min(text.length(), at + 1 + random.nextInt(12));
            switch (random.nextInt(4)) {
                case 0 -> text.delete(at, end);
                case 1 -> insert(text, at, random);
                case 2 -> text.insert(random.nextInt(text.length()), text.substring(at, end));
                default -> {
                    text.delete(at, end);
                    insert(text, at, random);
                }
            }
        }
        return text.toString();
    }

    private static void insert(StringBuilder text, int at, Random random) {
        switch (random.nextInt(4)) {
            case 0 -> text.insert(at, PHRASES[random.nextInt(PHRASES.length)]);
            case 1 -> text.insert(at, (char) random.nextInt(0x10000));
            default -> text.insert(at, SPICE.charAt(random.nextInt(SPICE.length())));
        }
    }

    private static void check(String yaml, long seed) {
        try {
            ConfigurationParser.parse("partners.yml", yaml);
        } catch (ConfigurationException refused) {
            if (refused.problems().isEmpty()) {
                fail("refused without a reason, seed " + seed);
            }
        } catch (RuntimeException | StackOverflowError broken) {
            fail("seed " + seed + ":\n" + yaml, broken);
        }
    }
}
