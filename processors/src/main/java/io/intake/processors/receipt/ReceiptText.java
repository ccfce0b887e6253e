package io.intake.processors.receipt;

import io.intake.config.ReceiptKind;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A receipt for people: plain text, a line for each thing, lines at most as long as what they quote. Pure. */
final class ReceiptText {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final StringBuilder text = new StringBuilder();

    private ReceiptText() {}

    /** The receipt of a kind in words; the same receipt always gives the same text. */
    static String of(Receipt receipt, ReceiptKind kind) {
        ReceiptText text = new ReceiptText();
        text.line("File", receipt.file());
        text.line("State", kind.name() + ": " + sentence(kind, receipt.code() != null));
        text.line("Since", time(receipt.at()));
        text.line(
                "Received",
                "%s, %s, %s"
                        .formatted(
                                time(receipt.uploadedAt()),
                                counted(receipt.size(), "byte"),
                                receipt.crc32() == null ? "checksum not known" : "CRC-32 " + receipt.crc32()));
        text.line("Taken as", receipt.feed());
        text.line("Job", receipt.job() + " (name it when you ask us)");
        text.line(
                "Again",
                receipt.replays() == null ? null : "what job " + receipt.replays() + " came to counts no more");
        text.line("Set", receipt.set() == null ? null : "part of " + receipt.set());
        text.line("Same as", receipt.sameBytesAs());
        text.refusal(receipt);
        text.counts(receipt);
        return text.text.toString();
    }

    private void refusal(Receipt receipt) {
        if (receipt.code() != null) {
            text.append('\n');
            line("Code", receipt.code());
            line("Reason", receipt.problem());
            line("To do", receipt.action());
        }
    }

    private void counts(Receipt receipt) {
        boolean counted = receipt.read() != null || receipt.rows() != null || receipt.tables() != null;
        if (!counted && receipt.rejects() == null) {
            return;
        }
        text.append('\n');
        number("Rows read", receipt.read());
        number("Taken", receipt.rows());
        number("Rejected", receipt.rejected());
        number("Records", receipt.records());
        number("Refused", receipt.refused());
        line("Rejects", receipt.rejects());
        line("Refusals", receipt.refusals());
        line("Left out", receipt.notTaken() == null ? null : counted(receipt.notTaken(), "file") + " of no table");
        if (receipt.tables() != null) {
            receipt.tables()
                    .forEach(
                            (table, rows) -> line("Table", table + ": " + counted(rows, "row") + more(receipt, table)));
        }
    }

    private static String more(Receipt receipt, String table) {
        Map<String, Long> joined =
                receipt.joined() == null ? null : receipt.joined().get(table);
        if (joined == null) {
            return "";
        }
        StringBuilder more = new StringBuilder();
        joined.forEach((name, count) ->
                more.append(", ").append(grouped(count)).append(' ').append(name));
        return more.toString();
    }

    private void number(String name, @Nullable Long value) {
        line(name, value == null ? null : grouped(value));
    }

    /** A value of more than one line would look like lines of ours. */
    private void line(String name, @Nullable String value) {
        if (value != null) {
            text.append("%-10s".formatted(name + ":"))
                    .append(' ')
                    .append(value.replaceAll("\\p{Cntrl}", "?"))
                    .append('\n');
        }
    }

    /** @param reasoned whether a reason is given below */
    private static String sentence(ReceiptKind kind, boolean reasoned) {
        return switch (kind) {
            case RECEIVED -> "the file is here whole, and work on it has begun.";
            case DELAYED ->
                reasoned
                        ? "the file is here and waits; the reason and what to do are below."
                        : "the system behind us is out of reach; the file waits and is not lost.";
            case REJECTED -> "the file was refused; the reason and what to do are below.";
            case DELIVERED -> "all of it has been handed over.";
            case COLLECTED -> "the file waits for the others of its set.";
            case HELD -> "somebody here looks at the file before anything is done with it.";
            case SKIPPED ->
                reasoned
                        ? "nothing is done with this file; the reason is below."
                        : "the same bytes came before; nothing is done with them again.";
        };
    }

    private static String time(Instant instant) {
        return TIME.format(instant);
    }

    private static String counted(long count, String what) {
        return grouped(count) + " " + what + (count == 1 ? "" : "s");
    }

    private static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }
}
