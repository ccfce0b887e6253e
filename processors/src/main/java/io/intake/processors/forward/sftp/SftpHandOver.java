package io.intake.processors.forward.sftp;

import io.intake.config.Engine;
import io.intake.config.SftpTarget;
import io.intake.processors.Json;
import io.intake.processors.Secrets;
import io.intake.processors.forward.EngineAnswer.Unavailable;
import io.intake.processors.forward.HandOver;
import io.intake.processors.forward.handover.Manifest;
import io.intake.processors.forward.handover.Manifest.Part;
import io.intake.processors.forward.handover.Notes;
import io.intake.processors.forward.handover.Places;
import io.intake.processors.job.Job;
import io.intake.store.ObjectStore;
import java.io.ByteArrayInputStream;
import java.time.InstantSource;

/**
 * Uploads a job's tables and files to another SFTP server: each under a temporary name beside its own, and renamed when all
 * of it is there. Names are the same when a file comes again, so that it replaces itself. Lines of JSON and files are read from
 * our bucket as they are sent, whatever their size, with a checkpoint whenever half of the engine's time-out is over; a table
 * that holds delimited rows becomes files of lines. Thread-safe.
 */
public final class SftpHandOver implements HandOver<SftpTarget> {
    private final ObjectStore source;
    private final RowReader rows;
    private final InstantSource clock;
    private final Notes notes;
    private final Links links;

    /**
     * @param source our own bucket
     * @param rows reads the records of a table that holds delimited rows
     */
    public SftpHandOver(ObjectStore source, RowReader rows, Secrets secrets, InstantSource clock) {
        this.source = source;
        this.rows = rows;
        this.clock = clock;
        this.notes = new Notes(source);
        this.links = new Links(secrets, clock);
    }

    private interface Doing {
        Handed with(Link link) throws SftpFault;
    }

    @Override
    public Handed hand(Engine engine, SftpTarget target, Piece piece) {
        return piece.form() == Form.ROWS ? lines(engine, target, piece) : streamed(engine, target, piece);
    }

    private Handed lines(Engine engine, SftpTarget target, Piece piece) {
        Rows next = rows.read(piece.object().key(), piece.offset());
        if (next.records() == 0 && piece.row() > 0) {
            return new Handed.Done(0);
        }
        String name = name(target, piece);
        return linked(engine, target, link -> {
            upload(link, name, next.lines());
            note(target, piece, name, next.lines().length, next.records());
            return next.last() || next.records() == 0
                    ? new Handed.Done(next.records())
                    : new Handed.More(next.end(), next.records());
        });
    }

    private static void upload(Link link, String name, byte[] content) throws SftpFault {
        ByteArrayInputStream in = new ByteArrayInputStream(content);
        link.write(Upload.temporary(name), 0, content.length, (buffer, length) -> in.read(buffer, 0, length));
        Upload.publish(link, name, content.length);
    }

    private Handed streamed(Engine engine, SftpTarget target, Piece piece) {
        String name = name(target, piece);
        Upload upload = new Upload(
                source,
                piece,
                name,
                clock,
                clock.instant().plus(engine.timeout().dividedBy(2)));
        Handed handed = linked(engine, target, link -> {
            if (!upload.run(link)) {
                return new Handed.More(upload.offset(), 0);
            }
            note(target, piece, name, piece.object().size(), piece.files() + piece.row());
            return new Handed.Done(piece.files());
        });
        // What the server has answered for is there, whatever became of the connection behind it; what it refuses it
        // would again
        return handed instanceof Handed.Not(Unavailable answer) && answer.soon() && upload.offset() > piece.offset()
                ? new Handed.More(upload.offset(), 0)
                : handed;
    }

    private void note(SftpTarget target, Piece piece, String name, long bytes, long records) {
        if (target.manifest()) {
            notes.keep(piece, new Part(Places.table(piece, target.names()), name, bytes, records, null));
        }
    }

    @Override
    public boolean hasEnd(SftpTarget target) {
        return target.manifest();
    }

    @Override
    public Handed finish(Engine engine, SftpTarget target, Job job) {
        String name = target.prefixOf(job.partner(), job.feedId(), job.deliveryId()) + Manifest.NAME;
        return linked(engine, target, link -> {
            if (link.size(name).isEmpty()) {
                upload(
                        link,
                        name,
                        Json.bytes(new Manifest(
                                job.deliveryId(), job.partner(), job.feedId(), clock.instant(), notes.of(job))));
            }
            return new Handed.Done(0);
        });
    }

    private static String name(SftpTarget target, Piece piece) {
        Job job = piece.job();
        String prefix = target.prefixOf(job.partner(), job.feedId(), job.deliveryId());
        return piece.form() == Form.FILE
                ? prefix + "file-" + Places.shortFile(piece, target.names()) + target.suffix()
                : "%s%s-%s.ndjson".formatted(prefix, Places.shortTable(piece, target.names()), Places.rows(piece));
    }

    /** Does something with a connection, which is kept if nothing goes wrong on it. */
    private Handed linked(Engine engine, SftpTarget target, Doing action) {
        Link link;
        try {
            link = links.take(target, engine.timeout());
        } catch (SftpFault fault) {
            return new Handed.Not(fault.answer());
        }
        boolean well = false;
        try {
            Handed handed = action.with(link);
            well = true;
            return handed;
        } catch (SftpFault fault) {
            return new Handed.Not(fault.answer());
        } finally {
            // Our own bucket's trouble leaves here too
            if (well) {
                links.give(target, link);
            } else {
                link.close();
            }
        }
    }

    @Override
    public void close() {
        links.close();
    }
}
