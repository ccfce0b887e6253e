package io.intake.gateway.protocol;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * Reads the fields of one packet. Every length is checked against what is left before anything is allocated. Not
 * thread-safe.
 */
public final class PacketReader {
    private final ByteBuffer packet;

    /**
     * A reader at the packet's start.
     *
     * @param packet from its type byte to its end; not copied
     */
    public PacketReader(ByteBuffer packet) {
        this.packet = packet.slice();
    }

    public int readByte() throws MalformedPacketException {
        try {
            return packet.get() & 0xff;
        } catch (BufferUnderflowException e) {
            throw truncated();
        }
    }

    /** A 32-bit number as it is on the wire; ids are compared and sent back only, so their sign does not matter. */
    public int readInt() throws MalformedPacketException {
        try {
            return packet.getInt();
        } catch (BufferUnderflowException e) {
            throw truncated();
        }
    }

    /** An unsigned 32-bit number. */
    public long readUnsignedInt() throws MalformedPacketException {
        return Integer.toUnsignedLong(readInt());
    }

    /** A 64-bit number; negative where the wire has more than 2^63. */
    public long readLong() throws MalformedPacketException {
        try {
            return packet.getLong();
        } catch (BufferUnderflowException e) {
            throw truncated();
        }
    }

    /** A string of bytes as a view of the packet, valid as long as the packet's memory is. */
    public ByteBuffer readBytes() throws MalformedPacketException {
        long length = readUnsignedInt();
        if (length > packet.remaining()) {
            throw truncated();
        }
        ByteBuffer bytes = packet.slice(packet.position(), (int) length);
        packet.position(packet.position() + (int) length);
        return bytes;
    }

    /**
     * A name.
     *
     * @throws SftpException if it is not UTF-8: it could not be shown to anybody as the partner meant it
     */
    public String readName() throws MalformedPacketException, SftpException {
        ByteBuffer bytes = readBytes();
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(bytes)
                    .toString();
        } catch (CharacterCodingException e) {
            throw SftpException.failure("names must be UTF-8");
        }
    }

    /** A word of the protocol, such as an extension's name. */
    public String readAscii() throws MalformedPacketException {
        return StandardCharsets.ISO_8859_1.decode(readBytes()).toString();
    }

    /** What is left, in bytes. */
    public int remaining() {
        return packet.remaining();
    }

    private static MalformedPacketException truncated() {
        return new MalformedPacketException("a field reaches behind the end of its packet");
    }
}
