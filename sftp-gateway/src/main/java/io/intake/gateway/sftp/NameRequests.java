package io.intake.gateway.sftp;

import io.intake.config.Permission;
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
import java.util.concurrent.atomic.AtomicInteger;
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
    private final Journal journal;

    NameRequests(
            SftpServices services,
            PartnerFiles files,
            HandleTable handles,
            PermissionCheck permissions,
            Journal journal) {
        this.services = services;
        this.files = files;
        this.handles = handles;
        this.permissions = permissions;
        this.journal = journal;
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
        String path = path("setstat", packet.readName());
        FileAttributes wanted = FileAttributes.read(packet);
        Instant now = journal.now();
        try {
            Long current = files.attributes(path).size();
            FileRequests.requireSameSize(wanted.size(), current == null ? 0 : current);
        } catch (SftpException | RuntimeException e) {
            journal.notChanged("setstat", path, null, e, now);
            throw e;
        }
        return ok(id);
    }

    PacketWriter openFolder(int id, PacketReader packet) throws MalformedPacketException, SftpException {
        String path = files.realPath(packet.readName());
        Instant now = journal.now();
        try {
            permissions.require(Permission.LIST);
            handles.requireRoom();
            Handle handle = new Handle.Listing(path, now, files.list(path), new AtomicInteger());
            return PacketWriter.reply(SftpConstants.SSH_FXP_HANDLE, id).writeString(handles.add(handle));
        } catch (SftpException | RuntimeException e) {
            journal.notListed(path, e, now);
            throw e;
        }
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
            entries.writeString(LongName.of(entry.name(), entry.attributes(), journal.partner(), now));
            entry.attributes().write(entries);
            count++;
        }
        if (count == 0) {
            throw new SftpException(SftpStatus.EOF, "end of folder");
        }
        listing.entries().addAndGet(count);
        return PacketWriter.reply(SftpConstants.SSH_FXP_NAME, id, Integer.BYTES + entries.size())
                .writeInt(count)
                .append(entries);
    }

    PacketWriter remove(int id, PacketReader packet) throws MalformedPacketException, SftpException {
        String path = path("remove", packet.readName());
        change("remove", Permission.DELETE, path, null, () -> files.remove(path));
        return ok(id);
    }

    PacketWriter makeFolder(int id, PacketReader packet) throws MalformedPacketException, SftpException {
        String path = path("mkdir", packet.readName());
        FileAttributes.read(packet);
        change("mkdir", Permission.UPLOAD, path, null, () -> {
            files.makeFolder(path);
            return null;
        });
        return ok(id);
    }

    PacketWriter removeFolder(int id, PacketReader packet) throws MalformedPacketException, SftpException {
        String path = path("rmdir", packet.readName());
        change("rmdir", Permission.DELETE, path, null, () -> {
            files.removeFolder(path);
            return null;
        });
        return ok(id);
    }

    /**
     * A rename.
     *
     * @param replace whether a file at the target is replaced: posix-rename@openssh.com
     */
    PacketWriter rename(int id, PacketReader packet, boolean replace) throws MalformedPacketException, SftpException {
        String operation = replace ? "posix-rename" : "rename";
        String from = path(operation, packet.readName());
        String name = packet.readName();
        String to = path(operation, name);
        boolean mayReplace = replace && permissions.has(Permission.OVERWRITE);
        change(operation, Permission.RENAME, from, to, () -> {
            if (meansFolder(name) && !files.attributes(from).isFolder()) {
                requireFileName(name);
            }
            return files.rename(from, to, mayReplace);
        });
        return ok(id);
    }

    /**
     * Refuses a file's name that means a folder. Who puts one file after the other into a folder that is not there would else
     * replace each by the next.
     */
    static void requireFileName(String name) throws SftpException {
        if (meansFolder(name)) {
            throw SftpException.failure("a file's name does not end with a slash");
        }
    }

    private static boolean meansFolder(String name) {
        return name.endsWith("/") || name.endsWith("/.");
    }

    /** The answer to a client that wants a link: there are none, and the journal says that one was wanted. */
    SftpException noLink(String operation, PacketReader packet) throws MalformedPacketException, SftpException {
        SftpException refusal = SftpException.unsupported("there are no links");
        String path = forAudit(packet.readName());
        journal.notChanged(operation, path, forAudit(packet.readName()), refusal, journal.now());
        return refusal;
    }

    /** The absolute path of what is to be changed; a name that is no path is refused, and the journal says so. */
    private String path(String operation, String name) throws SftpException {
        try {
            return files.realPath(name);
        } catch (SftpException e) {
            journal.notChanged(operation, name, null, e, journal.now());
            throw e;
        }
    }

    private String forAudit(String name) {
        try {
            return files.realPath(name);
        } catch (SftpException noPath) {
            return name;
        }
    }

    private interface Change {
        /** Gives the size of the file that was changed; null where there is none. */
        @Nullable
        Long make() throws SftpException;
    }

    private void change(String operation, Permission needed, String path, @Nullable String target, Change change)
            throws SftpException {
        Instant now = journal.now();
        try {
            permissions.require(needed);
            journal.changed(operation, path, target, change.make(), now);
            services.quotas().of(journal.partner()).freed();
        } catch (SftpException | RuntimeException e) {
            journal.notChanged(operation, path, target, e, now);
            throw e;
        }
    }

    private static PacketWriter ok(int id) {
        return PacketWriter.status(id, SftpStatus.OK, "");
    }
}
