package io.intake.gateway.sftp;

import io.intake.gateway.audit.Identity;
import io.intake.gateway.files.PartnerFiles;
import io.intake.gateway.protocol.MalformedPacketException;
import io.intake.gateway.protocol.PacketReader;
import io.intake.gateway.protocol.PacketWriter;
import io.intake.gateway.protocol.SftpException;
import io.intake.gateway.protocol.SftpStatus;
import io.intake.gateway.upload.Cancellation;
import io.intake.gateway.upload.OpenUpload;
import io.intake.gateway.upload.SessionLostException;
import io.intake.gateway.upload.UploadFailedException;
import java.nio.ByteBuffer;
import org.apache.sshd.sftp.common.SftpConstants;

/**
 * Requests beyond version 3 that OpenSSH's client makes where they are announced: its PROTOCOL file, sections 4.9 to 4.11, and
 * draft-ietf-secsh-filexfer-extensions-00, sections 5 and 7. Used by one channel's thread.
 */
final class ExtensionRequests {
    private static final int COPIED_AT_ONCE = 256 << 10;

    /** An answer with names stays well below what clients take. */
    private static final int MAX_IDS = 512;

    private final PartnerFiles files;
    private final HandleTable handles;
    private final Cancellation cancellation;
    private final Identity who;

    ExtensionRequests(PartnerFiles files, HandleTable handles, Cancellation cancellation, Identity who) {
        this.files = files;
        this.handles = handles;
        this.cancellation = cancellation;
        this.who = who;
    }

    /** Goes on only if a packet names a handle that is open. */
    void requireHandle(PacketReader packet) throws MalformedPacketException, SftpException {
        Handle ignored = handles.get(packet.readBytes());
    }

    /** {@code home-directory}: everybody's is the same, and nobody is told whether there are others. */
    PacketWriter home(int id, PacketReader packet) throws MalformedPacketException, SftpException {
        String user = packet.readName();
        if (!user.isEmpty() && !user.equals(who.partner())) {
            throw SftpException.noSuchFile();
        }
        return name(id, files.realPath("."));
    }

    /** {@code expand-path@openssh.com}: {@code ~} is where a session begins. */
    PacketWriter expand(int id, PacketReader packet) throws MalformedPacketException, SftpException {
        String path = packet.readName();
        if (!path.startsWith("~")) {
            return name(id, files.realPath(path));
        }
        int slash = path.indexOf('/');
        String user = slash < 0 ? path.substring(1) : path.substring(1, slash);
        if (!user.isEmpty() && !user.equals(who.partner())) {
            throw SftpException.noSuchFile();
        }
        return name(id, files.realPath(slash < 0 ? "." : "." + path.substring(slash)));
    }

    private static PacketWriter name(int id, String path) {
        return PacketWriter.reply(SftpConstants.SSH_FXP_NAME, id)
                .writeInt(1)
                .writeString(path)
                .writeString(path)
                .writeInt(0);
    }

    /** {@code users-groups-by-id@openssh.com}: all files are the partner's, as in listings; others have no name here. */
    PacketWriter owners(int id, PacketReader packet) throws MalformedPacketException, SftpException {
        PacketWriter users = names(packet.readBytes());
        PacketWriter groups = names(packet.readBytes());
        return PacketWriter.reply(
                        SftpConstants.SSH_FXP_EXTENDED_REPLY, id, 2 * Integer.BYTES + users.size() + groups.size())
                .writeInt(users.size())
                .append(users)
                .writeInt(groups.size())
                .append(groups);
    }

    private PacketWriter names(ByteBuffer ids) throws SftpException {
        if (ids.remaining() > MAX_IDS * Integer.BYTES) {
            throw SftpException.failure("too many ids at once");
        }
        PacketWriter names = PacketWriter.fields();
        while (ids.remaining() >= Integer.BYTES) {
            names.writeString(ids.getInt() == 0 ? who.partner() : "");
        }
        return names;
    }

    /**
     * {@code copy-data}: from a file that is open for reading to one that is open for writing, through the gateway's memory
     * instead of over the client's line.
     */
    PacketWriter copy(int id, PacketReader packet)
            throws MalformedPacketException, SftpException, UploadFailedException, SessionLostException {
        Handle from = handles.get(packet.readBytes());
        long offset = packet.readLong();
        long length = packet.readLong();
        Handle to = handles.get(packet.readBytes());
        long target = packet.readLong();
        if (!(from instanceof Handle.Reading source) || !(to instanceof Handle.Writing writing)) {
            throw SftpException.failure("copying needs a file open for reading and one open for writing");
        }
        long left = length == 0 ? Long.MAX_VALUE : length;
        if (offset < 0 || target < 0 || left < 0) {
            throw SftpException.failure("no such place in a file");
        }
        boolean before = writing.interrupted().getAndSet(true);
        copy(source, offset, left, writing, target);
        writing.interrupted().set(before); // only now: to close half a copy must not publish it
        return PacketWriter.status(id, SftpStatus.OK, "");
    }

    private void copy(Handle.Reading source, long offset, long length, Handle.Writing writing, long target)
            throws SftpException, UploadFailedException, SessionLostException {
        OpenUpload upload = writing.upload();
        byte[] bytes = new byte[COPIED_AT_ONCE];
        for (long done = 0; done < length; ) {
            if (cancellation.isCancelled()) {
                throw new SessionLostException();
            }
            int count = source.download().available(offset + done, (int) Math.min(bytes.length, length - done));
            if (count < 0) {
                return;
            }
            source.download().read(offset + done, ByteBuffer.wrap(bytes, 0, count));
            upload.write(writing.append() ? upload.size() : target + done, ByteBuffer.wrap(bytes, 0, count));
            done += count;
        }
    }
}
