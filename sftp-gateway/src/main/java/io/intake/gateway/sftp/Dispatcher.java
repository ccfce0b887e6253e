package io.intake.gateway.sftp;

import io.intake.gateway.protocol.MalformedPacketException;
import io.intake.gateway.protocol.PacketReader;
import io.intake.gateway.protocol.PacketWriter;
import io.intake.gateway.protocol.SftpException;
import io.intake.gateway.upload.SessionLostException;
import io.intake.gateway.upload.UploadFailedException;
import java.util.List;
import java.util.Map;
import org.apache.sshd.sftp.common.SftpConstants;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** From a packet to its answer. Used by one channel's thread. */
final class Dispatcher {
    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
    private static final int VERSION = 3;
    private static final String POSIX_RENAME = "posix-rename@openssh.com";
    private static final String FSYNC = "fsync@openssh.com";
    private static final String HARDLINK = "hardlink@openssh.com";
    private static final String LIMITS = "limits@openssh.com";
    private static final String STATVFS = "statvfs@openssh.com";

    private static final String FSTATVFS = "fstatvfs@openssh.com";
    private static final String LSETSTAT = "lsetstat@openssh.com";
    private static final String EXPAND_PATH = "expand-path@openssh.com";
    private static final String COPY_DATA = "copy-data";
    private static final String HOME = "home-directory";
    private static final String OWNERS = "users-groups-by-id@openssh.com";

    /** What is announced, and with which version; nothing that does not work. */
    private static final List<Map.Entry<String, String>> EXTENSIONS = List.of(
            Map.entry(POSIX_RENAME, "1"),
            Map.entry(STATVFS, "2"),
            Map.entry(FSTATVFS, "2"),
            Map.entry(FSYNC, "1"),
            Map.entry(LSETSTAT, "1"),
            Map.entry(LIMITS, "1"),
            Map.entry(EXPAND_PATH, "1"),
            Map.entry(COPY_DATA, "1"),
            Map.entry(HOME, "1"),
            Map.entry(OWNERS, "1"));

    private final FileRequests onFiles;
    private final NameRequests onNames;
    private final ExtensionRequests onExtensions;
    private final Journal journal;
    private boolean greeted;

    Dispatcher(FileRequests onFiles, NameRequests onNames, ExtensionRequests onExtensions, Journal journal) {
        this.onFiles = onFiles;
        this.onNames = onNames;
        this.onExtensions = onExtensions;
        this.journal = journal;
    }

    /**
     * Does what a packet asks for and answers it.
     *
     * @throws MalformedPacketException if it cannot be understood, after which nothing can
     * @throws SessionLostException if the session ended meanwhile
     */
    PacketWriter answer(PacketReader packet) throws MalformedPacketException, SessionLostException {
        int type = packet.readByte();
        if (type == SftpConstants.SSH_FXP_INIT) {
            return greet(packet);
        }
        if (!greeted) {
            throw new MalformedPacketException("a request before the greeting");
        }
        int id = packet.readInt();
        try {
            return answer(type, id, packet);
        } catch (SftpException | UploadFailedException | RuntimeException e) {
            SftpException status = Statuses.of(e);
            journal.requestFailed(type, status.status());
            if (status.getCause() != null) {
                log(type, status);
            }
            return PacketWriter.status(id, status.status(), String.valueOf(status.getMessage()));
        }
    }

    /** A failure that is not the client's doing. Only the kinds of the exceptions are logged: messages could hold names. */
    private static void log(int type, SftpException status) {
        Throwable cause = status.getCause();
        StringBuilder chain = new StringBuilder();
        for (Throwable t = cause; t != null; t = t.getCause()) {
            chain.append(chain.isEmpty() ? "" : " <- ").append(t.getClass().getSimpleName());
        }
        LOG.warn(
                "sftp request failed: type={} answer=\"{}\" cause={} at={}",
                type,
                status.getMessage(),
                chain,
                place(cause));
    }

    /** Where it was thrown: all that a stack trace says without a message. */
    private static String place(@Nullable Throwable cause) {
        StackTraceElement[] trace = cause == null ? new StackTraceElement[0] : cause.getStackTrace();
        return trace.length == 0 ? "unknown" : trace[0].toString();
    }

    private PacketWriter answer(int type, int id, PacketReader packet)
            throws MalformedPacketException, SftpException, UploadFailedException, SessionLostException {
        return switch (type) {
            case SftpConstants.SSH_FXP_OPEN -> onFiles.open(id, packet);
            case SftpConstants.SSH_FXP_CLOSE -> onFiles.close(id, packet);
            case SftpConstants.SSH_FXP_READ -> onFiles.read(id, packet);
            case SftpConstants.SSH_FXP_WRITE -> onFiles.write(id, packet);
            case SftpConstants.SSH_FXP_LSTAT, SftpConstants.SSH_FXP_STAT -> onNames.attributes(id, packet);
            case SftpConstants.SSH_FXP_FSTAT -> onFiles.attributes(id, packet);
            case SftpConstants.SSH_FXP_SETSTAT -> onNames.setAttributes(id, packet);
            case SftpConstants.SSH_FXP_FSETSTAT -> onFiles.setAttributes(id, packet);
            case SftpConstants.SSH_FXP_OPENDIR -> onNames.openFolder(id, packet);
            case SftpConstants.SSH_FXP_READDIR -> onNames.readFolder(id, packet);
            case SftpConstants.SSH_FXP_REMOVE -> onNames.remove(id, packet);
            case SftpConstants.SSH_FXP_MKDIR -> onNames.makeFolder(id, packet);
            case SftpConstants.SSH_FXP_RMDIR -> onNames.removeFolder(id, packet);
            case SftpConstants.SSH_FXP_REALPATH -> onNames.realPath(id, packet);
            case SftpConstants.SSH_FXP_RENAME -> onNames.rename(id, packet, false);
            case SftpConstants.SSH_FXP_SYMLINK -> throw onNames.noLink("symlink", packet);
            case SftpConstants.SSH_FXP_EXTENDED -> extended(id, packet);
            default -> throw SftpException.unsupported("not supported");
        };
    }

    private PacketWriter extended(int id, PacketReader packet)
            throws MalformedPacketException, SftpException, UploadFailedException, SessionLostException {
        return switch (packet.readAscii()) {
            case POSIX_RENAME -> onNames.rename(id, packet, true);
            case FSYNC -> onFiles.sync(id, packet);
            case LIMITS -> limits(id);
            case HARDLINK -> throw onNames.noLink("hardlink", packet);
            case STATVFS -> onFiles.space(id);
            case FSTATVFS -> {
                onExtensions.requireHandle(packet);
                yield onFiles.space(id);
            }
            case LSETSTAT -> onNames.setAttributes(id, packet); // there are no links
            case EXPAND_PATH -> onExtensions.expand(id, packet);
            case COPY_DATA -> onExtensions.copy(id, packet);
            case HOME -> onExtensions.home(id, packet);
            case OWNERS -> onExtensions.owners(id, packet);
            default -> throw SftpException.unsupported("extension not supported");
        };
    }

    private PacketWriter greet(PacketReader packet) throws MalformedPacketException {
        int version = packet.readInt();
        if (greeted || version < VERSION) {
            throw new MalformedPacketException("a greeting again, or with a version before 3: " + version);
        }
        greeted = true;
        PacketWriter answer = PacketWriter.version(VERSION);
        EXTENSIONS.forEach(extension -> answer.writeString(extension.getKey()).writeString(extension.getValue()));
        return answer;
    }

    /** OpenSSH's PROTOCOL file, section 4.8. */
    private static PacketWriter limits(int id) {
        return PacketWriter.reply(SftpConstants.SSH_FXP_EXTENDED_REPLY, id)
                .writeLong(Inbox.MAX_PACKET_BYTES)
                .writeLong(FileRequests.MAX_DATA_BYTES)
                .writeLong(FileRequests.MAX_DATA_BYTES)
                .writeLong(HandleTable.MAX_OPEN);
    }
}
