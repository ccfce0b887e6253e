package io.intake.gateway.sftp;

import io.intake.config.Permission;
import io.intake.gateway.audit.Identity;
import io.intake.gateway.files.FileEntry;
import io.intake.gateway.files.PartnerFiles;
import io.intake.gateway.protocol.FileAttributes;
import io.intake.gateway.protocol.LongName;
import io.intake.gateway.protocol.MalformedPacketException;
import io.intake.gateway.protocol.PacketReader;
import io.intake.gateway.protocol.PacketWriter;
import io.intake.gateway.protocol.SftpException;
import io.intake.gateway.protocol.SftpStatus;
import java.time.Instant;
import java.util.Optional;
import org.apache.sshd.sftp.common.SftpConstants;
import org.jspecify.annotations.Nullable;

/** The requests on names. Used by one channel's thread. */
final class NameRequests {
    /** An answer to READDIR is sent when it has this many bytes; old clients take no more than 34,000. */
    private static final int LISTING_BYTES = 24 << 10;

    private final SftpServices services;
    private final PartnerFiles files;
    private final HandleTable handles;
    private final PermissionCheck permissions;
    private final Identity who;

    NameRequests(
            SftpServices services, PartnerFiles files, HandleTable handles, PermissionCheck permissions, Identity who) {
        this.services = services;
        this.files = files;
        this.handles = handles;
        this.permissions = permissions;
        this.who = who;
    }

    PacketWriter realPath(int id, PacketReader packet) throws MalformedPacketException, SftpException {
        String path = files.realPath(packet.readName());
        return PacketWriter.reply(SftpConstants.SSH_FXP_NAME, id)
                .writeInt(1)
                .writeString(path)
                .writeString(path)
                .writeInt(0);
    }

    /** STAT and LSTAT: there are no links. */
    PacketWriter attributes(int id, PacketReader packet) throws MalformedPacketException, SftpException {
        PacketWriter reply = PacketWriter.reply(SftpConstants.SSH_FXP_ATTRS, id);
        files.attributes(packet.readName()).write(reply);
        return reply;
    }

    PacketWriter setAttributes(int id, PacketReader packet) throws MalformedPacketException, SftpException {
        String path = packet.readName();
        FileAttributes wanted = FileAttributes.read(packet);
        Long current = files.attributes(path).size();
        FileRequests.requireSameSize(wanted.size(), current == null ? 0 : current);
        return ok(id);
    }

    PacketWriter openFolder(int id, PacketReader packet) throws MalformedPacketException, SftpException {
        String path = files.realPath(packet.readName());
        permissions.require(Permission.LIST);
        handles.requireRoom();
        Handle handle = new Handle.Listing(path, services.clock().instant(), files.list(path));
        return PacketWriter.reply(SftpConstants.SSH_FXP_HANDLE, id).writeString(handles.add(handle));
    }

    PacketWriter readFolder(int id, PacketReader packet) throws MalformedPacketException, SftpException {
        if (!(handles.get(packet.readBytes()) instanceof Handle.Listing listing)) {
            throw SftpException.failure("the handle is not an open folder");
        }
        Instant now = services.clock().instant();
        PacketWriter entries = PacketWriter.fields();
        int count = 0;
        while (entries.size() < LISTING_BYTES) {
            Optional<FileEntry> next = listing.listing().next();
            if (next.isEmpty()) {
                break;
            }
            FileEntry entry = next.get();
            entries.writeString(entry.name());
            entries.writeString(LongName.of(entry.name(), entry.attributes(), who.partner(), now));
            entry.attributes().write(entries);
            count++;
        }
        if (count == 0) {
            throw new SftpException(SftpStatus.EOF, "end of folder");
        }
        return PacketWriter.reply(SftpConstants.SSH_FXP_NAME, id, Integer.BYTES + entries.size())
                .writeInt(count)
                .append(entries);
    }

    PacketWriter remove(int id, PacketReader packet) throws MalformedPacketException, SftpException {
        String path = files.realPath(packet.readName());
        change("remove", Permission.DELETE, path, null, () -> files.remove(path));
        return ok(id);
    }

    PacketWriter makeFolder(int id, PacketReader packet) throws MalformedPacketException, SftpException {
        String path = files.realPath(packet.readName());
        FileAttributes.read(packet);
        change("mkdir", Permission.UPLOAD, path, null, () -> files.makeFolder(path));
        return ok(id);
    }

    PacketWriter removeFolder(int id, PacketReader packet) throws MalformedPacketException, SftpException {
        String path = files.realPath(packet.readName());
        change("rmdir", Permission.DELETE, path, null, () -> files.removeFolder(path));
        return ok(id);
    }

    /**
     * A rename.
     *
     * @param replace whether a file at the target is replaced: posix-rename@openssh.com
     */
    PacketWriter rename(int id, PacketReader packet, boolean replace) throws MalformedPacketException, SftpException {
        String from = files.realPath(packet.readName());
        String to = files.realPath(packet.readName());
        boolean mayReplace = replace && permissions.has(Permission.OVERWRITE);
        change("rename", Permission.RENAME, from, to, () -> files.rename(from, to, mayReplace));
        return ok(id);
    }

    private interface Change {
        void make() throws SftpException;
    }

    private void change(String operation, Permission needed, String path, @Nullable String target, Change change)
            throws SftpException {
        try {
            permissions.require(needed);
            change.make();
            services.quotas().of(who.partner()).freed();
            services.audit().change(who, operation, path, target, "done");
        } catch (SftpException | RuntimeException e) {
            services.audit()
                    .change(
                            who,
                            operation,
                            path,
                            target,
                            "failed: " + Statuses.of(e).getMessage());
            throw e;
        }
    }

    private static PacketWriter ok(int id) {
        return PacketWriter.status(id, SftpStatus.OK, "");
    }
}
