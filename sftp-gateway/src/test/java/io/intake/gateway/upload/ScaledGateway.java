package io.intake.gateway.upload;

import io.intake.bucket.NaturalNaming;
import io.intake.gateway.files.PartnerFiles;
import io.intake.gateway.files.WriteOpening;
import io.intake.gateway.protocol.OpenMode;
import io.intake.gateway.protocol.SftpException;
import io.intake.store.CompleteRequest;
import io.intake.store.Content;
import io.intake.store.ObjectStore;
import io.intake.store.Part;
import io.intake.store.UploadPage;
import io.intake.store.memory.InMemoryObjectStore;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Executor;

/** A gateway, as far as files go, to whose store a few thousand bytes are terabytes: parts are 320 to 960 bytes. */
final class ScaledGateway {
    static final int SLAB = 16;
    static final int MIN = SLAB * MemoryBudget.MIN_PART_SLABS;
    static final int MAX = 3 * MIN;
    static final int IN_PLACE = 3;
    static final PartLimits LIMITS = new PartLimits(MIN, MAX, 12, IN_PLACE);
    static final String KEY = "inbound/p/x.zip";
    private static final int WRITE = 100;

    final MemoryBudget budget;
    final UploadServices services;
    final PartnerFiles files;
    /** What its clock shows more than the others'. */
    volatile Duration ahead = Duration.ZERO;
    /** What happens elsewhere while it waits. */
    volatile Runnable meanwhile = () -> {};

    ScaledGateway(ObjectStore store, Executor executor) {
        this(store, executor, new PartSchedule(MIN, MIN, LIMITS));
    }

    ScaledGateway(ObjectStore store, Executor executor, PartSchedule schedule) {
        ObjectStore limited = limited(store, schedule.limits());
        Partials partials = new Partials(
                limited, _ -> meanwhile.run(), () -> UUID.randomUUID().toString(), schedule.limits());
        budget = new MemoryBudget(1024L * SLAB, 100, SLAB);
        services = new UploadServices(
                limited,
                partials,
                budget,
                schedule,
                executor,
                _ -> {},
                () -> UUID.randomUUID().toString(),
                () -> Instant.now().plus(ahead));
        files = new PartnerFiles(limited, partials, new NaturalNaming(), "p", InstantSource.system());
    }

    static InMemoryObjectStore bucket() {
        return new InMemoryObjectStore(InstantSource.system(), MIN);
    }

    static byte[] bytes(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    /** Opens a file and writes its bytes from where it is on up to an end. */
    Upload write(String path, byte[] bytes, int to, boolean resume) throws Exception {
        WriteOpening opening = files.openForWriting(path, new OpenMode(false, true, false, true, !resume, false));
        Upload upload = new Upload(services, new Cancellation(), opening.target(), opening.from());
        try {
            upload.open();
            write(upload, bytes, to);
        } catch (UploadFailedException | RuntimeException | Error e) {
            UploadEnd ignored = upload.park();
            throw e;
        }
        return upload;
    }

    static void write(Upload upload, byte[] bytes, int to) throws Exception {
        for (int at = (int) upload.size(); at < to; at += WRITE) {
            upload.write(at, ByteBuffer.wrap(bytes, at, Math.min(WRITE, to - at)));
        }
    }

    /** A file's size as its partner sees it; -1 if there is none. */
    long size(String path) {
        try {
            Long size = files.attributes(path).size();
            return size == null ? -1 : size;
        } catch (SftpException absent) {
            return -1;
        }
    }

    /** What a client does that was not told that its file is there. */
    void goOn(String path, String last, byte[] bytes) throws Exception {
        if (!path.equals(last) && size(last) == bytes.length) {
            return;
        }
        long there = size(path);
        if (there < bytes.length) {
            UploadEnd end = write(path, bytes, bytes.length, there > 0).finish();
            files.ended(path, end instanceof UploadEnd.Published);
        }
        if (!path.equals(last)) {
            files.rename(path, last, true);
        }
    }

    /** Bytes in the store that can be gone on with: whole parts and segments, whoever sent them. */
    static long durable(InMemoryObjectStore bucket) {
        long durable = 0;
        for (UploadPage.Unfinished upload : bucket.listUploads("", null).uploads()) {
            durable += bucket.listParts(upload.ref()).stream()
                    .filter(part -> part.size() % SLAB == 0 && part.size() >= MIN)
                    .mapToLong(Part::size)
                    .sum();
        }
        return durable;
    }

    /** Whether the file is there, whole, and nothing else is. */
    static boolean isAll(InMemoryObjectStore bucket, byte[] bytes) {
        return bucket.snapshot().size() == 1 && isWhole(bucket, bytes);
    }

    /**
     * Whether the file is there, whole, and of the way it came no more than a record, a tail, and an upload without parts,
     * which expire.
     */
    static boolean isWhole(InMemoryObjectStore bucket, byte[] bytes) {
        Map<String, byte[]> there = bucket.snapshot();
        return Arrays.equals(there.get(KEY), bytes)
                && there.keySet().stream()
                        .allMatch(key -> key.equals(KEY)
                                || (key.startsWith("parked/") && (key.endsWith(".json") || key.endsWith(".tail"))))
                && bucket.listUploads("", null).uploads().stream()
                        .allMatch(upload -> upload.ref().key().equals(KEY)
                                && bucket.listParts(upload.ref()).isEmpty());
    }

    /** A store that says what S3 would say to what is too large. */
    private static ObjectStore limited(ObjectStore inner, PartLimits limits) {
        return (ObjectStore) Proxy.newProxyInstance(
                ObjectStore.class.getClassLoader(), new Class<?>[] {ObjectStore.class}, (_, method, arguments) -> {
                    if (method.getName().equals("uploadPart")) {
                        check((int) arguments[1], ((Content) arguments[2]).length(), limits);
                    } else if (method.getName().equals("completeUpload")) {
                        check(((CompleteRequest) arguments[0]).parts().size(), 0, limits);
                    }
                    try {
                        Object answer = method.invoke(inner, arguments);
                        if (answer instanceof Part made) {
                            check(made.number(), made.size(), limits);
                        }
                        return answer;
                    } catch (InvocationTargetException failed) {
                        throw failed.getCause();
                    }
                });
    }

    private static void check(int number, long bytes, PartLimits limits) {
        if (number > limits.maxParts() || bytes > limits.maxPartBytes()) {
            throw new AssertionError("part " + number + " of " + bytes + " bytes");
        }
    }
}
