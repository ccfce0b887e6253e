package io.intake.bucket;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Names as hospitals and attackers give them, and keys to encrypt them with. */
final class TestNames {
    private static final String[] PIECES = {
        "a",
        "B",
        ".",
        "..",
        "...",
        "%2e%2e",
        "%2F",
        "\\",
        "é",
        "日本",
        "x ",
        " x",
        "trailing.",
        "\u2215",
        "\uff0e\uff0e",
        "x.tmp",
        ".PART",
        "Smith.John",
        "MRN-4711.CSV",
        "_k1",
        "_k2",
        "~",
        "sealed:k1:",
        "\uD83D\uDE00",
        ".zip",
        "a.b.c",
        "-"
    };

    private TestNames() {}

    static NameKeys.Key key(String id, long seed) {
        byte[] secret = new byte[NameKeys.Key.BYTES];
        new Random(seed).nextBytes(secret);
        return new NameKeys.Key(id, secret);
    }

    /** A name of at most so many bytes. */
    static String name(Random random, int bytes) {
        StringBuilder name = new StringBuilder();
        for (int pieces = 1 + random.nextInt(4); pieces > 0; pieces--) {
            name.append(PIECES[random.nextInt(PIECES.length)]);
        }
        while (random.nextInt(4) > 0) {
            name.append(Character.toString(
                    random.nextBoolean() ? 'a' + random.nextInt(26) : 0xC0 + random.nextInt(0x2000)));
        }
        if (random.nextInt(8) == 0) {
            name.append("x".repeat(bytes));
        }
        while (length(name.toString()) > bytes) {
            name.setLength(name.offsetByCodePoints(name.length(), -1));
        }
        String text = name.toString();
        return text.isEmpty() || text.equals(".") || text.equals("..") ? "n" : text;
    }

    static PartnerPath path(Random random, int depth, int bytes) {
        List<String> names = new ArrayList<>();
        for (int i = 1 + random.nextInt(depth); i > 0; i--) {
            names.add(name(random, bytes));
        }
        return new PartnerPath(names);
    }

    static int length(String text) {
        return text.getBytes(StandardCharsets.UTF_8).length;
    }
}
