package io.intake.gateway.sftp;

import io.intake.gateway.protocol.PacketWriter;
import io.intake.gateway.quota.Usage;
import org.apache.sshd.sftp.common.SftpConstants;

/** The answer to statvfs@openssh.com (OpenSSH's PROTOCOL file, section 4.4). Pure. */
final class SpaceReply {
    private static final long BLOCK_BYTES = 4096;
    private static final long LONGEST_NAME = 255;

    /** A bucket has no end; so much is said to be there. */
    private static final long UNLIMITED_BYTES = 1L << 50;

    private static final long UNLIMITED_FILES = UNLIMITED_BYTES / BLOCK_BYTES;

    private SpaceReply() {}

    static PacketWriter of(int id, Usage usage) {
        long bytes = usage.byteLimit() == null ? UNLIMITED_BYTES : usage.byteLimit();
        long files = usage.fileLimit() == null ? UNLIMITED_FILES : usage.fileLimit();
        long freeBlocks = Math.max(0, bytes - usage.bytes()) / BLOCK_BYTES;
        long freeFiles = Math.max(0, files - usage.files());
        PacketWriter reply = PacketWriter.reply(SftpConstants.SSH_FXP_EXTENDED_REPLY, id, 11 * Long.BYTES);
        reply.writeLong(BLOCK_BYTES).writeLong(BLOCK_BYTES);
        reply.writeLong(Math.ceilDiv(bytes, BLOCK_BYTES)).writeLong(freeBlocks).writeLong(freeBlocks);
        reply.writeLong(files).writeLong(freeFiles).writeLong(freeFiles);
        return reply.writeLong(0).writeLong(0).writeLong(LONGEST_NAME);
    }
}
