package io.intake.gateway.sftp;

import io.intake.gateway.files.Download;
import io.intake.gateway.files.PartnerFiles;
import io.intake.gateway.files.WriteOpening;
import io.intake.gateway.protocol.FileAttributes;
import io.intake.gateway.protocol.MalformedPacketException;
import io.intake.gateway.protocol.OpenMode;
import io.intake.gateway.protocol.PacketReader;
import io.intake.gateway.protocol.PacketWriter;
import io.intake.gateway.protocol.SftpException;
import io.intake.gateway.protocol.SftpStatus;
import io.intake.gateway.quota.PartnerUsage;
import io.intake.gateway.upload.Cancellation;
import io.intake.gateway.upload.OpenUpload;
import io.intake.gateway.upload.Partial;
import io.intake.gateway.upload.Resumption;
import io.intake.gateway.upload.SessionLostException;
import io.intake.gateway.upload.UploadEnd;
import io.intake.gateway.upload.UploadFailedException;
import io.intake.gateway.upload.UploadMeter;
import io.intake.store.StoreException;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.sshd.sftp.common.SftpConstants;
import org.jspecify.annotations.Nullable;

/** The requests on open files. Used by one channel's thread. */
final class FileRequests {
    /** The most that one READ or WRITE carries, in bytes: what OpenSSH's server announces too. */
    static final int MAX_DATA_BYTES = 255 << 10;

    private static final String BROKEN_OFF = "the upload was broken off: open the file again to go on with it";

    private final SftpServices services;
    private final SessionState session;
    private final PartnerFiles files;
    private final HandleTable handles;
    private final Cancellation cancellation;
    private final PermissionCheck permissions;
    private final Journal journal;
    private final PartnerUsage usage;
    /** Uploads that have ended and whose answer is still to be sent. */
    private int ended;
    /** When the CLOSE came that is being dealt with. */
    private @Nullable Instant closing;

    FileRequests(
            SftpServices services,
            SessionState session,
            PartnerFiles files,
            HandleTable handles,
            Cancellation cancellation,
            PermissionCheck permissions,
            Journal journal) {
        this.services = services;
        this.session = session;
        this.files = files;
        this.handles = handles;
        this.cancellation = cancellation;
        this.permissions = permissions;
        this.journal = journal;
        this.usage = services.quotas().of(journal.partner());
    }

    PacketWriter open(int id, PacketReader packet)
            throws MalformedPacketException, SftpException, UploadFailedException, SessionLostException {
        String name = packet.readName();
        OpenMode asked = OpenMode.of(packet.readInt());
        FileAttributes.read(packet);
        String path = files.realPath(name);
        Instant now = journal.now();
        try {
            OpenMode mode = permissions.open(asked);
            if (mode.write()) {
                NameRequests.requireFileName(name);
            }
            handles.requireRoom();
            Handle handle = mode.write() ? openForWriting(path, mode, now) : openForReading(path, now);
            return PacketWriter.reply(SftpConstants.SSH_FXP_HANDLE, id).writeString(handles.add(handle));
        } catch (SftpException | UploadFailedException | RuntimeException e) {
            journal.notOpened(asked.write(), path, e, now);
            throw e;
        }
    }

    private Handle openForReading(String path, Instant now) throws SftpException {
        return new Handle.Reading(path, now, files.open(path, services.reads()));
    }

    private Handle openForWriting(String path, OpenMode mode, Instant now)
            throws SftpException, UploadFailedException, SessionLostException {
        WriteOpening opening = files.openForWriting(path, mode);
        try {
            requireRoom(opening);
        } catch (SftpException | SessionLostException | RuntimeException e) {
            if (opening.from() != null) {
                // what was taken over is given back: a file that waits for its rename could not be renamed any more
                UploadEnd ignored = upload(opening, UploadMeter.NONE).park();
            }
            throw e;
        }
        long left = opening.from() instanceof Resumption.Unfinished(Partial partial) ? partial.size() : 0;
        OpenUpload upload = upload(opening, usage.meter(opening.target(), left));
        try {
            upload.open();
        } catch (UploadFailedException | SessionLostException | RuntimeException e) {
            UploadEnd ignored = upload.park();
            throw e;
        }
        services.openUploads().enter();
        session.beginUpload();
        return new Handle.Writing(path, now, upload, upload.size(), mode.append(), new AtomicBoolean());
    }

    private OpenUpload upload(WriteOpening opening, UploadMeter meter) {
        return new OpenUpload(
                services.uploads().forPartner(journal.partner()),
                services.idle(),
                cancellation,
                opening.target(),
                meter,
                opening.from());
    }

    /** A file that is there already, or goes on, is no new one. */
    private void requireRoom(WriteOpening opening) throws SftpException, SessionLostException {
        String refusal = usage.refusal(
                cancellation,
                () -> opening.from() == null
                        && services.uploads()
                                .store()
                                .head(opening.target().key())
                                .isEmpty());
        if (refusal != null) {
            throw SftpException.failure(refusal);
        }
    }

    /** What {@code df} asks for. */
    PacketWriter space(int id) throws SessionLostException {
        return SpaceReply.of(id, usage.usage(cancellation));
    }

    PacketWriter read(int id, PacketReader packet) throws MalformedPacketException, SftpException {
        ByteBuffer handle = packet.readBytes();
        long offset = packet.readLong();
        int length = (int) Math.min(packet.readUnsignedInt(), MAX_DATA_BYTES);
        if (!(handles.get(handle) instanceof Handle.Reading reading)) {
            throw SftpException.failure("the handle is not open for reading");
        }
        int count = reading.download().available(offset, length);
        if (count < 0) {
            throw new SftpException(SftpStatus.EOF, "end of file");
        }
        PacketWriter reply = PacketWriter.reply(SftpConstants.SSH_FXP_DATA, id, Integer.BYTES + count);
        reading.download().read(offset, reply.reserveString(count));
        journal.sent(count);
        return reply;
    }

    PacketWriter write(int id, PacketReader packet)
            throws MalformedPacketException, SftpException, UploadFailedException, SessionLostException {
        ByteBuffer handle = packet.readBytes();
        long offset = packet.readLong();
        ByteBuffer data = packet.readBytes();
        Handle.Writing writing = writing(handle);
        OpenUpload upload = writing.upload();
        int length = data.remaining();
        if (length > 0) {
            requireGoesOn(writing, offset);
        }
        if (length > 0 && offset == 0 && !writing.append()) {
            upload.beginAnew();
        }
        upload.write(writing.append() ? upload.size() : offset, data);
        journal.received(length);
        return ok(id);
    }

    /**
     * Refuses bytes that would not be published, and such as go elsewhere than their client believes. OpenSSH asks for the size, then
     * opens the file to append to it: where an earlier session had more on its way, the end is behind that by now, and bytes would
     * be there twice. Others count from 0.
     */
    private static void requireGoesOn(Handle.Writing writing, long offset) throws SftpException {
        if (writing.interrupted().get()) {
            throw SftpException.failure(BROKEN_OFF);
        }
        long start = writing.start();
        boolean first = writing.append() && writing.upload().size() == start;
        if (first && offset != 0 && offset != start) {
            writing.interrupted().set(true);
            throw SftpException.failure("the file has another size by now: ask for it again, and go on there");
        }
    }

    /** Answers only when the store holds the file. */
    PacketWriter close(int id, PacketReader packet)
            throws MalformedPacketException, SftpException, UploadFailedException, SessionLostException {
        switch (handles.remove(packet.readBytes())) {
            case Handle.Writing writing -> finish(writing);
            case Handle.Reading reading -> end(reading, "closed");
            case Handle.Listing listing -> journal.listed(listing, "closed");
        }
        return ok(id);
    }

    private void finish(Handle.Writing writing) throws SftpException, UploadFailedException, SessionLostException {
        closing = journal.now();
        try {
            boolean interrupted = writing.interrupted().get();
            UploadEnd end =
                    interrupted ? writing.upload().park() : writing.upload().finish();
            if (end instanceof UploadEnd.Published published) {
                stored(writing, published);
            }
            uploaded(writing, end);
            if (interrupted) {
                throw SftpException.failure(BROKEN_OFF);
            }
        } catch (UploadFailedException e) {
            uploaded(writing, writing.upload().abandon());
            throw e;
        } catch (SessionLostException e) {
            uploaded(writing, writing.upload().park());
            throw e;
        } catch (RuntimeException | Error e) {
            // out of memory, for instance: what the upload holds is for all
            uploaded(writing, writing.upload().abandon());
            throw e;
        } finally {
            ended++;
        }
    }

    private void stored(Handle.Writing writing, UploadEnd.Published published) {
        try {
            files.stored(writing.path(), published.object().key());
        } catch (SftpException | StoreException left) {
            // the file is stored, which is what is answered; what it hides goes with the re-keying command
        }
    }

    /** Whether the answer to a CLOSE must reach the client before the gateway may stop. */
    boolean hasEnded() {
        return ended > 0;
    }

    /** The answers are sent: a stopping gateway need not wait for these uploads any more. */
    void told() {
        if (closing != null) {
            journal.closeAnswered(closing);
            closing = null;
        }
        for (; ended > 0; ended--) {
            session.endUpload();
            services.openUploads().leave();
        }
    }

    /** The session is over: what the client did not close is not published, but kept for it to go on with. */
    void parkAll() {
        for (Handle handle : handles.removeAll()) {
            switch (handle) {
                case Handle.Writing writing -> {
                    try {
                        uploaded(writing, writing.upload().park());
                    } finally {
                        ended++;
                    }
                }
                case Handle.Reading reading -> end(reading, "abandoned");
                case Handle.Listing listing -> journal.listed(listing, "abandoned");
            }
        }
        told();
    }

    PacketWriter attributes(int id, PacketReader packet) throws MalformedPacketException, SftpException {
        FileAttributes attributes = switch (handles.get(packet.readBytes())) {
            case Handle.Writing writing ->
                FileAttributes.file(writing.upload().size(), services.clock().instant());
            case Handle.Reading reading -> {
                Download download = reading.download();
                yield FileAttributes.file(
                        download.object().size(), download.object().lastModified());
            }
            case Handle.Listing ignored -> FileAttributes.folder(null);
        };
        PacketWriter reply = PacketWriter.reply(SftpConstants.SSH_FXP_ATTRS, id);
        attributes.write(reply);
        return reply;
    }

    /**
     * Times and modes are accepted, since clients that keep them would fail otherwise; S3 has no place for them. A size
     * and nothing else on a resumed upload is how OpenSSH's client says that it was interrupted: it cuts off what it is not
     * sure of, then closes (sftp-client.c, sftp_upload). What came in order stays, but that close must not publish, and must not
     * be answered as if it had: another client may mean the size. lftp sends a size and a time before it closes a whole file, and
     * OpenSSH's scp a size behind a file that it has written anew over another one, which it did not truncate.
     */
    PacketWriter setAttributes(int id, PacketReader packet) throws MalformedPacketException, SftpException {
        ByteBuffer handle = packet.readBytes();
        FileAttributes wanted = FileAttributes.read(packet);
        Handle open = handles.get(handle);
        Long size = wanted.size();
        boolean onlySize = size != null && wanted.permissions() == null && wanted.modified() == null;
        if (onlySize && size != null && size == 0 && open instanceof Handle.Writing writing && !writing.append()) {
            writing.upload().truncate();
        }
        if (onlySize
                && open instanceof Handle.Writing writing
                && writing.upload().isResumed()) {
            writing.interrupted().set(true);
        }
        if (size != null) {
            long current = switch (open) {
                case Handle.Writing writing -> writing.upload().size();
                case Handle.Reading reading -> reading.download().object().size();
                case Handle.Listing ignored -> 0;
            };
            try {
                requireSameSize(size, current);
                if (open instanceof Handle.Writing writing) {
                    writing.upload().endsHere();
                }
            } catch (SftpException e) {
                journal.notChanged("setstat", open.path(), null, e, journal.now());
                throw e;
            }
        }
        return ok(id);
    }

    static void requireSameSize(@Nullable Long wanted, long current) throws SftpException {
        if (wanted != null && wanted != current) {
            throw SftpException.unsupported("a file's size cannot be changed");
        }
    }

    /** Nothing to do: a file is durable when its CLOSE is answered. */
    PacketWriter sync(int id, PacketReader packet) throws MalformedPacketException, SftpException {
        handles.get(packet.readBytes());
        return ok(id);
    }

    private Handle.Writing writing(ByteBuffer handle) throws SftpException {
        if (handles.get(handle) instanceof Handle.Writing writing) {
            return writing;
        }
        throw SftpException.failure("the handle is not open for writing");
    }

    private void end(Handle.Reading reading, String outcome) {
        try {
            reading.download().close();
        } catch (StoreException e) {
            // the file was only read; the client has what it asked for
        }
        journal.downloaded(reading, outcome);
    }

    private void uploaded(Handle.Writing writing, UploadEnd end) {
        files.ended(writing.path(), end instanceof UploadEnd.Published);
        journal.uploaded(writing, end);
    }

    private static PacketWriter ok(int id) {
        return PacketWriter.status(id, SftpStatus.OK, "");
    }
}
