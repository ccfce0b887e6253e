package io.intake.processors.forward.handover;

import io.intake.processors.forward.HandOver.Form;
import io.intake.processors.forward.HandOver.Piece;

/** What objects are called where they are handed over to: the same when they come again, and without names of files. Pure. */
public final class Places {
    /** Of 255, the longest name that file systems take, what is left beside a prefix. */
    private static final int MOST = 100;

    private Places() {}

    /**
     * What a table is called; one that the feed does not name has its file's name.
     *
     * @param names whether files' names, which can be patients', may be told
     */
    public static String table(Piece piece, boolean names) {
        boolean named =
                piece.form() != Form.FILE && !piece.job().requireFeed().tables().isEmpty();
        return named || names ? piece.table() : "%05d".formatted(piece.number());
    }

    /** The same where it is part of a key or a name. */
    public static String plainTable(Piece piece, boolean names) {
        return plain(table(piece, names));
    }

    /** A file's number, and its name where that may be told. */
    public static String file(Piece piece, boolean names) {
        String number = "%06d".formatted(piece.number());
        return names ? number + "-" + plain(piece.table()) : number;
    }

    /** As {@link #file} where a name may not be as long as a key: of a long one its end. */
    public static String shortFile(Piece piece, boolean names) {
        return names ? "%06d-%s".formatted(piece.number(), end(plain(piece.table()))) : file(piece, false);
    }

    /** As {@link #plainTable} where a name may not be as long as a key: of a long one its end. */
    public static String shortTable(Piece piece, boolean names) {
        return end(plainTable(piece, names));
    }

    private static String end(String name) {
        return name.substring(Math.max(0, name.length() - MOST));
    }

    /** Which rows of its table an object holds that does not hold all: behind those before it. */
    public static String rows(Piece piece) {
        return piece.form() == Form.ROWS ? "%05d-%012d".formatted(piece.number(), piece.row()) : number(piece);
    }

    private static String number(Piece piece) {
        return "%05d".formatted(piece.number());
    }

    private static String plain(String name) {
        return name.replaceAll("[^A-Za-z0-9._-]", "_");
    }
}
