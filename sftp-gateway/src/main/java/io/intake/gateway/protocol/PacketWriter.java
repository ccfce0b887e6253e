package io.intake.gateway.protocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.apache.sshd.sftp.common.SftpConstants;

/** Writes one packet, its length first. Not thread-safe. */
public final class PacketWriter {
    private byte[] bytes;
    private int length;

    private PacketWriter(int capacity) {
        bytes = new byte[capacity];
        length = Integer.BYTES;
    }

    /** A packet of a type, with the id of the request it answers. */
    public static PacketWriter reply(int type, int id) {
        return reply(type, id, 64);
    }

    /** The same, for a packet whose size is about known. */
    public static PacketWriter reply(int type, int id, int capacity) {
        return new PacketWriter(Integer.BYTES + 1 + Integer.BYTES + capacity)
                .writeByte(type)
                .writeInt(id);
    }

    /** The answer to INIT, which has no id. */
    public static PacketWriter version(int version) {
        return new PacketWriter(256).writeByte(SftpConstants.SSH_FXP_VERSION).writeInt(version);
    }

    /** A whole STATUS packet. */
    public static PacketWriter status(int id, SftpStatus status, String message) {
        return reply(SftpConstants.SSH_FXP_STATUS, id, 3 * Integer.BYTES + 3 * message.length() + 2)
                .writeInt(status.code())
                .writeString(message)
                .writeString("en");
    }

    public PacketWriter writeByte(int value) {
        room(1)[length++] = (byte) value;
        return this;
    }

    public PacketWriter writeInt(int value) {
        ByteBuffer.wrap(room(Integer.BYTES)).putInt(length, value);
        length += Integer.BYTES;
        return this;
    }

    public PacketWriter writeLong(long value) {
        ByteBuffer.wrap(room(Long.BYTES)).putLong(length, value);
        length += Long.BYTES;
        return this;
    }

    public PacketWriter writeString(String text) {
        return writeString(text.getBytes(StandardCharsets.UTF_8));
    }

    public PacketWriter writeString(byte[] text) {
        writeInt(text.length);
        System.arraycopy(text, 0, room(text.length), length, text.length);
        length += text.length;
        return this;
    }

    /** Appends a string whose bytes are put into what is returned, before anything else is written. */
    public ByteBuffer reserveString(int size) {
        writeInt(size);
        ByteBuffer reserved = ByteBuffer.wrap(room(size), length, size);
        length += size;
        return reserved;
    }

    /** Another writer's bytes behind these, without a length of their own. */
    public PacketWriter append(PacketWriter other) {
        int count = other.length - Integer.BYTES;
        System.arraycopy(other.bytes, Integer.BYTES, room(count), length, count);
        length += count;
        return this;
    }

    /** A run of fields for {@link #append}. */
    public static PacketWriter fields() {
        return new PacketWriter(256);
    }

    /** Bytes written so far, its length field not counted. */
    public int size() {
        return length - Integer.BYTES;
    }

    /** The packet as it goes onto the wire: the remaining bytes; the writer must not be used further. */
    public ByteBuffer toPacket() {
        return ByteBuffer.wrap(bytes, 0, length).putInt(0, length - Integer.BYTES);
    }

    private byte[] room(int count) {
        if (bytes.length - length < count) {
            bytes = Arrays.copyOf(bytes, Math.max(length + count, bytes.length * 2));
        }
        return bytes;
    }
}
