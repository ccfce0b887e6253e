package io.intake.gateway.protocol;

import java.time.Instant;
import org.apache.sshd.sftp.common.SftpConstants;
import org.jspecify.annotations.Nullable;

/**
 * The attributes of a file or folder that SFTP version 3 knows and we keep.
 *
 * @param size null where not said
 * @param permissions the mode with its file type; null where not said
 * @param modified null where not said
 */
public record FileAttributes(
        @Nullable Long size,
        @Nullable Integer permissions,
        @Nullable Instant modified) {
    private static final int FOLDER_MODE = 040755;
    private static final int FILE_MODE = 0100644;
    private static final int MAX_EXTENDED = 64;

    public static FileAttributes folder(@Nullable Instant modified) {
        return new FileAttributes(0L, FOLDER_MODE, modified);
    }

    public static FileAttributes file(long size, @Nullable Instant modified) {
        return new FileAttributes(size, FILE_MODE, modified);
    }

    public boolean isFolder() {
        return permissions != null && (permissions & 0170000) == 0040000;
    }

    /** Reads what a client sends; owners and extended pairs are skipped. */
    public static FileAttributes read(PacketReader packet) throws MalformedPacketException {
        int flags = packet.readInt();
        Long size = null;
        Integer permissions = null;
        Instant modified = null;
        if ((flags & SftpConstants.SSH_FILEXFER_ATTR_SIZE) != 0) {
            size = packet.readLong();
        }
        if ((flags & SftpConstants.SSH_FILEXFER_ATTR_UIDGID) != 0) {
            packet.readInt();
            packet.readInt();
        }
        if ((flags & SftpConstants.SSH_FILEXFER_ATTR_PERMISSIONS) != 0) {
            permissions = packet.readInt();
        }
        if ((flags & SftpConstants.SSH_FILEXFER_ATTR_ACMODTIME) != 0) {
            packet.readInt();
            modified = Instant.ofEpochSecond(packet.readUnsignedInt());
        }
        if ((flags & SftpConstants.SSH_FILEXFER_ATTR_EXTENDED) != 0) {
            skipExtended(packet);
        }
        return new FileAttributes(size, permissions, modified);
    }

    private static void skipExtended(PacketReader packet) throws MalformedPacketException {
        long count = packet.readUnsignedInt();
        if (count > MAX_EXTENDED) {
            throw new MalformedPacketException("more than " + MAX_EXTENDED + " extended attributes");
        }
        for (long i = 0; i < count; i++) {
            packet.readBytes();
            packet.readBytes();
        }
    }

    /** Writes them; a file has no owner here, so owner and group are 0. */
    public void write(PacketWriter packet) {
        int flags = SftpConstants.SSH_FILEXFER_ATTR_UIDGID;
        flags |= size == null ? 0 : SftpConstants.SSH_FILEXFER_ATTR_SIZE;
        flags |= permissions == null ? 0 : SftpConstants.SSH_FILEXFER_ATTR_PERMISSIONS;
        flags |= modified == null ? 0 : SftpConstants.SSH_FILEXFER_ATTR_ACMODTIME;
        packet.writeInt(flags);
        if (size != null) {
            packet.writeLong(size);
        }
        packet.writeInt(0).writeInt(0);
        if (permissions != null) {
            packet.writeInt(permissions);
        }
        if (modified != null) {
            int seconds = (int) modified.getEpochSecond();
            packet.writeInt(seconds).writeInt(seconds);
        }
    }
}
