package io.intake.processors.unzip.inflate;

import io.intake.processors.unzip.inflate.ResumableInflater.Mode;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.zip.CRC32;

/**
 * A {@link ResumableInflater} between two output bytes, as it is kept elsewhere: a version, the fields in order, big-endian,
 * and a CRC-32 of all that. A block's codes are kept as their lengths, so that its header need not be read again. Immutable as
 * long as nobody changes its arrays.
 *
 * @param last whether the block at hand, or the one before, is the last
 * @param storedLeft what is left of a stored block, in bytes
 * @param pendingLength what is left of a match, in bytes
 * @param pendingDistance of that match
 * @param consumed bytes of input used, the last perhaps in part
 * @param bitCount how many bits of the last are not used, 0 to 7
 * @param bits those, the next one lowest
 * @param produced bytes of output given
 * @param header of the block at hand, if it is a dynamic one
 * @param history the last bytes of output, as far as matches reach
 */
record InflaterState(
        Mode mode,
        boolean last,
        int storedLeft,
        int pendingLength,
        int pendingDistance,
        long consumed,
        int bitCount,
        int bits,
        long produced,
        Header header,
        byte[] history) {
    private static final byte VERSION = 1;
    private static final int FIXED_BYTES = 64;

    /** The fields of {@link DynamicHeader}. */
    record Header(
            int literalCount,
            int distanceCount,
            int codeLengthCount,
            boolean coded,
            int have,
            byte[] codeLengths,
            byte[] lengths) {

        static Header of(DynamicHeader header) {
            return new Header(
                    header.literalCount,
                    header.distanceCount,
                    header.codeLengthCount,
                    header.coded,
                    header.have,
                    header.codeLengths.clone(),
                    header.lengths.clone());
        }

        void to(DynamicHeader header) throws DeflateException {
            header.literalCount = literalCount;
            header.distanceCount = distanceCount;
            header.codeLengthCount = codeLengthCount;
            header.coded = coded;
            header.have = have;
            System.arraycopy(codeLengths, 0, header.codeLengths, 0, codeLengths.length);
            System.arraycopy(lengths, 0, header.lengths, 0, lengths.length);
            header.restored();
        }

        private void write(ByteBuffer to) {
            to.putShort((short) literalCount).putShort((short) distanceCount).putShort((short) codeLengthCount);
            to.put((byte) (coded ? 1 : 0)).putShort((short) have);
            to.put(codeLengths).put(lengths);
        }

        private static Header read(ByteBuffer from) {
            DynamicHeader sizes = new DynamicHeader();
            Header header = new Header(
                    from.getShort(),
                    from.getShort(),
                    from.getShort(),
                    from.get() == 1,
                    from.getShort(),
                    sizes.codeLengths,
                    sizes.lengths);
            from.get(header.codeLengths).get(header.lengths);
            return header;
        }
    }

    byte[] encode() {
        int headerBytes = 9 + header.codeLengths.length + header.lengths.length;
        ByteBuffer to = ByteBuffer.allocate(FIXED_BYTES + headerBytes + history.length);
        to.put(VERSION).put(mode.code).put((byte) (last ? 1 : 0));
        to.putInt(storedLeft).putInt(pendingLength).putInt(pendingDistance);
        to.putLong(consumed).put((byte) bitCount).put((byte) bits).putLong(produced);
        header.write(to);
        to.putInt(history.length).put(history);
        to.putInt(crc(to.array(), to.position()));
        byte[] encoded = new byte[to.position()];
        to.flip().get(encoded);
        return encoded;
    }

    /** @throws IllegalArgumentException if it is not what {@link #encode} made */
    static InflaterState decode(byte[] encoded) {
        ByteBuffer from = ByteBuffer.wrap(encoded);
        int end = encoded.length - Integer.BYTES;
        if (end < 1 || from.getInt(end) != crc(encoded, end) || from.get() != VERSION) {
            throw new IllegalArgumentException("not a saved inflater");
        }
        try {
            return decode(from);
        } catch (BufferUnderflowException | IndexOutOfBoundsException | NegativeArraySizeException e) {
            throw new IllegalArgumentException("not a saved inflater", e);
        }
    }

    private static InflaterState decode(ByteBuffer from) {
        Mode mode = Mode.of(from.get());
        boolean last = from.get() == 1;
        int storedLeft = from.getInt();
        int pendingLength = from.getInt();
        int pendingDistance = from.getInt();
        long consumed = from.getLong();
        int bitCount = from.get();
        int bits = from.get();
        long produced = from.getLong();
        Header header = Header.read(from);
        byte[] history = new byte[from.getInt()];
        from.get(history);
        return new InflaterState(
                mode,
                last,
                storedLeft,
                pendingLength,
                pendingDistance,
                consumed,
                bitCount,
                bits,
                produced,
                header,
                history);
    }

    private static int crc(byte[] bytes, int length) {
        CRC32 crc = new CRC32();
        crc.update(bytes, 0, length);
        return (int) crc.getValue();
    }
}
