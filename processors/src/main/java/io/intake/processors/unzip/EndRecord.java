package io.intake.processors.unzip;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * The end of central directory record (APPNOTE 4.3.16), as far as it tells whether the directory was read whole: the
 * library stops without a word at the first directory entry whose signature is damaged. Pure.
 *
 * @param position of the record in the archive
 * @param entries how many the directory has; modulo 65,536 where there is no zip64 record
 * @param zip64At where the zip64 record is that has the true number; negative if there is none
 * @param split whether this is one part of a split archive
 */
record EndRecord(long position, int entries, long zip64At, boolean split) {
    private static final int SIGNATURE = 0x06054b50;
    private static final int LOCATOR = 0x07064b50;
    private static final int LENGTH = 22;
    private static final int LOCATOR_LENGTH = 20;

    /** How much of an archive's end can hold the record, its comment and the zip64 locator. */
    static final int SEARCH_BYTES = LENGTH + 0xffff + LOCATOR_LENGTH;

    /**
     * Finds the record.
     *
     * @param tail the last {@link #SEARCH_BYTES} of the archive, or all of it
     * @param tailOffset where the tail begins in the archive
     */
    static Optional<EndRecord> find(byte[] tail, long tailOffset) {
        ByteBuffer bytes = ByteBuffer.wrap(tail).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = tail.length - LENGTH; at >= 0; at--) {
            if (bytes.getInt(at) == SIGNATURE) {
                return Optional.of(parse(bytes, at, tailOffset));
            }
        }
        return Optional.empty();
    }

    private static EndRecord parse(ByteBuffer bytes, int at, long tailOffset) {
        int disk = bytes.getShort(at + 4) & 0xffff;
        int entries = bytes.getShort(at + 10) & 0xffff;
        int locator = at - LOCATOR_LENGTH;
        boolean zip64 = locator >= 0 && bytes.getInt(locator) == LOCATOR;
        long zip64At = zip64 ? bytes.getLong(locator + 8) : -1;
        return new EndRecord(tailOffset + at, entries, zip64At, disk != 0 && disk != 0xffff);
    }

    /** Whether a directory that was read agrees with the number of entries that an end record gives. */
    static boolean agrees(long found, long stated, boolean zip64) {
        return zip64 ? found == stated : (found & 0xffff) == stated;
    }
}
