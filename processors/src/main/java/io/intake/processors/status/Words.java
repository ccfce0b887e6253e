package io.intake.processors.status;

import io.intake.processors.job.JobState;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;

/** How the page says things. Pure. */
final class Words {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss", Locale.ROOT).withZone(ZoneOffset.UTC);

    private static final String[] UNITS = {"KiB", "MiB", "GiB", "TiB"};

    private Words() {}

    /** How good a state is: the class of its colours, which only repeat the word. */
    enum Tone {
        GOOD("good", "✓"),
        BUSY("busy", "…"),
        WARN("warn", "!"),
        BAD("bad", "✕");

        private final String css;
        private final String sign;

        Tone(String css, String sign) {
            this.css = css;
            this.sign = sign;
        }

        String css() {
            return css;
        }
    }

    static Tone tone(JobState state) {
        return switch (state) {
            case DELIVERED, SKIPPED -> Tone.GOOD;
            case RECEIVED, COLLECTING, UNZIPPING, STITCHING, FORWARDING -> Tone.BUSY;
            case WAITING, HELD, UNMATCHED -> Tone.WARN;
            case QUARANTINED, FAILED -> Tone.BAD;
        };
    }

    /** A state for people. */
    static String word(JobState state) {
        return switch (state) {
            case RECEIVED -> "received";
            case COLLECTING -> "waits to be complete";
            case UNZIPPING -> "unzipping";
            case STITCHING -> "stitching";
            case HELD -> "held";
            case FORWARDING -> "forwarding";
            case WAITING -> "waits for the engine";
            case DELIVERED -> "delivered";
            case SKIPPED -> "skipped";
            case UNMATCHED -> "matches no feed";
            case QUARANTINED -> "refused";
            case FAILED -> "failed";
        };
    }

    static Html badge(JobState state) {
        return badge(tone(state), word(state));
    }

    static Html badge(Tone tone, String word) {
        return Html.of("span", Html.of("span", tone.sign).with("aria-hidden", "true"), " " + word)
                .with("class", "state " + tone.css);
    }

    /** A time, in UTC, which machines can read too. */
    static Html time(Instant at) {
        return Html.of("time", TIME.format(at))
                .with("datetime", at.truncatedTo(ChronoUnit.SECONDS).toString());
    }

    /** As long as a person wants to know: two units at most. */
    static String duration(Duration duration) {
        long seconds = Math.max(0, duration.toSeconds());
        if (seconds < 60) {
            return seconds == 0 && duration.toMillis() > 0 ? duration.toMillis() + " ms" : seconds + " s";
        }
        if (seconds < 3600) {
            return seconds / 60 + " min" + (seconds < 600 && seconds % 60 > 0 ? " " + seconds % 60 + " s" : "");
        }
        if (seconds < 86_400) {
            return seconds / 3600 + " h" + (seconds % 3600 >= 60 ? " " + seconds % 3600 / 60 + " min" : "");
        }
        return seconds / 86_400 + " d" + (seconds % 86_400 >= 3600 ? " " + seconds % 86_400 / 3600 + " h" : "");
    }

    static String size(long bytes) {
        if (bytes < 1024) {
            return bytes + " B";
        }
        double value = bytes;
        int unit = -1;
        while (value >= 1024 && unit < UNITS.length - 1) {
            value /= 1024;
            unit++;
        }
        return String.format(Locale.ROOT, value < 10 ? "%.1f %s" : "%.0f %s", value, UNITS[unit]);
    }

    /** With a thin space between thousands. */
    static String number(long value) {
        return String.format(Locale.ROOT, "%,d", value).replace(',', '\u202f');
    }

    /** A number of things: {@code 1 file}, {@code 2 files}. */
    static String count(long number, String thing) {
        return number(number) + " " + thing + (number == 1 ? "" : "s");
    }
}
