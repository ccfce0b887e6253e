package io.intake.processors.unzip;

import io.intake.config.ArchiveLimits;
import io.intake.processors.job.Input;
import io.intake.processors.job.RefusedException;
import io.intake.processors.unzip.crypt.Protection;
import io.intake.processors.unzip.crypt.Protection.AesField;
import io.intake.store.ObjectStore;
import io.intake.store.StoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.zip.CRC32;
import org.apache.commons.compress.archivers.zip.UnicodePathExtraField;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipExtraField;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.archivers.zip.ZipShort;
import org.jspecify.annotations.Nullable;

/**
 * An archive in the store: its directory, and the content of its entries. Whatever the library throws on hostile input
 * comes out as {@link RefusedException}; a store that fails comes out as the {@link StoreException} it threw. What was
 * thrown is never passed on as a cause, because the library writes entries' names into its messages. Not thread-safe.
 */
public final class ArchiveReader implements AutoCloseable {
    /** Reads of the directory's end and of what damage makes the library look at. */
    private static final long DIRECTORY_BASE_BYTES = 2 << 20;

    /** A directory entry is 46 bytes and a name; so many leave room for long names, extra fields and comments. */
    private static final long DIRECTORY_ENTRY_BYTES = 1 << 10;

    private static final byte[] LOCAL_HEADER = {'P', 'K', 3, 4};

    private static final String DIRECTORY = "The directory of the archive";

    /** Bits of an entry's flags (APPNOTE 4.4.4). */
    private static final int ENCRYPTED = 1;

    private static final int STRONG = 1 << 6;
    private static final int MASKED = 1 << 13;
    private static final ZipShort AES_FIELD = new ZipShort(Protection.AES_FIELD_ID);

    private final RangedChannel channel;
    private final ZipFile zip;
    private final List<ZipArchiveEntry> entries;
    private final List<Member> members;
    private final EntrySources sources;

    private ArchiveReader(RangedChannel channel, ZipFile zip, EndRecord end, ZipPasswords passwords)
            throws IOException {
        this.channel = channel;
        this.zip = zip;
        this.sources = new EntrySources(channel, zip, passwords);
        this.entries = new ArrayList<>(Collections.list(zip.getEntries()));
        checkCount(end);
        entries.sort(Comparator.comparingLong(ZipArchiveEntry::getLocalHeaderOffset));
        List<Member> found = new ArrayList<>(entries.size());
        for (ZipArchiveEntry entry : entries) {
            found.add(member(found.size(), entry));
        }
        this.members = List.copyOf(found);
    }

    /**
     * Reads an archive's directory.
     *
     * @throws RefusedException if it is no archive, is damaged, or lists more than is allowed
     * @throws StoreException if the store fails
     */
    public static ArchiveReader open(ObjectStore store, Input input, ArchiveLimits limits) {
        return open(store, input, limits, ZipPasswords.none());
    }

    /**
     * The same, with passwords for entries that need one.
     *
     * @param passwords for this archive alone
     */
    static ArchiveReader open(ObjectStore store, Input input, ArchiveLimits limits, ZipPasswords passwords) {
        RangedChannel channel = new RangedChannel(store, input);
        try {
            return Guarded.read(channel, DIRECTORY, 0, () -> open(channel, limits, passwords));
        } catch (RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static ArchiveReader open(RangedChannel channel, ArchiveLimits limits, ZipPasswords passwords)
            throws IOException {
        channel.allow(DIRECTORY_BASE_BYTES + limits.entries() * DIRECTORY_ENTRY_BYTES);
        EndRecord end = endRecord(channel);
        // before the library makes an object of each
        long stated = statedEntries(channel, end);
        if (stated > limits.entries()) {
            throw Refusals.tooManyEntries(stated, limits.entries());
        }
        try {
            ZipFile zip = ZipFile.builder()
                    .setSeekableByteChannel(channel)
                    .setCharset(StandardCharsets.UTF_8)
                    .setIgnoreLocalFileHeader(true)
                    .get();
            ArchiveReader reader = new ArchiveReader(channel, zip, end, passwords);
            if (beginsWithAnother(channel, reader.members)) {
                throw Refusals.damaged(DIRECTORY);
            }
            channel.allow(Long.MAX_VALUE);
            return reader;
        } catch (IOException e) {
            if (channel.exhausted()) {
                throw Refusals.directoryTooLarge(limits.entries());
            }
            throw e;
        }
    }

    private static EndRecord endRecord(RangedChannel channel) throws IOException {
        long from = Math.max(0, channel.size() - EndRecord.SEARCH_BYTES);
        byte[] tail = channel.bytes(from, (int) (channel.size() - from));
        Optional<EndRecord> end = EndRecord.find(tail, from);
        if (end.isEmpty()) {
            byte[] head = channel.bytes(0, (int) Math.min(4, channel.size()));
            boolean zip = head.length == 4 && head[0] == 'P' && head[1] == 'K' && head[2] < 9 && head[3] < 9;
            throw zip ? Refusals.damaged(DIRECTORY) : Refusals.notAnArchive();
        }
        if (end.get().split()) {
            throw Refusals.split();
        }
        return end.get();
    }

    /**
     * Whether the file begins with an entry that the directory does not have. What was read is the directory of an archive that is
     * stored within one that was cut short, or of the last of several; other bytes in front are a program that unpacks.
     */
    private static boolean beginsWithAnother(RangedChannel channel, List<Member> members) throws IOException {
        return (members.isEmpty() || members.getFirst().offset() != 0)
                && Arrays.equals(channel.bytes(0, LOCAL_HEADER.length), LOCAL_HEADER);
    }

    /** How many entries the archive says it has: the zip64 record's number where there is one. */
    private static long statedEntries(RangedChannel channel, EndRecord end) throws IOException {
        if (end.zip64At() < 0) {
            return end.entries();
        }
        byte[] record = channel.bytes(end.zip64At(), 40);
        if (record.length < 40) {
            throw Refusals.damaged(DIRECTORY);
        }
        long entries = ByteBuffer.wrap(record).order(ByteOrder.LITTLE_ENDIAN).getLong(32);
        return entries < 0 ? Long.MAX_VALUE : entries;
    }

    private void checkCount(EndRecord end) throws IOException {
        boolean zip64 = end.zip64At() >= 0;
        if (!EndRecord.agrees(entries.size(), statedEntries(channel, end), zip64)) {
            throw Refusals.damaged(DIRECTORY);
        }
    }

    private static Member member(int index, ZipArchiveEntry entry) {
        AesField aes = entry.getMethod() == Methods.AES ? aesField(entry) : null;
        Protection protection = aes == null ? protection(entry) : aes.strength();
        return new Member(
                index,
                name(entry),
                aes == null ? entry.getMethod() : aes.method(),
                protection != Protection.NONE,
                entry.isUnixSymlink(),
                entry.getLocalHeaderOffset(),
                entry.getCompressedSize(),
                entry.getSize(),
                aes == null || aes.withCrc() ? entry.getCrc() : -1,
                protection);
    }

    private static @Nullable AesField aesField(ZipArchiveEntry entry) {
        ZipExtraField field = entry.getExtraField(AES_FIELD);
        return field == null ? null : AesField.parse(field.getCentralDirectoryData());
    }

    private static Protection protection(ZipArchiveEntry entry) {
        int flags = entry.getRawFlag();
        if (entry.getMethod() == Methods.AES || (flags & (STRONG | MASKED)) != 0) {
            return Protection.UNKNOWN;
        }
        return (flags & ENCRYPTED) == 0 ? Protection.NONE : Protection.ZIP_CRYPTO;
    }

    private static String name(ZipArchiveEntry entry) {
        byte[] raw = entry.getRawName();
        if (raw == null) {
            return entry.getName();
        }
        if (entry.getNameSource() == ZipArchiveEntry.NameSource.NAME_WITH_EFS_FLAG) {
            return new String(raw, StandardCharsets.UTF_8);
        }
        if (entry.getExtraField(UnicodePathExtraField.UPATH_ID) instanceof UnicodePathExtraField unicode
                && unicode.getNameCRC32() == crc(raw)) {
            return new String(unicode.getUnicodeName(), StandardCharsets.UTF_8);
        }
        return EntryNames.decode(raw);
    }

    private static long crc(byte[] bytes) {
        CRC32 crc = new CRC32();
        crc.update(bytes);
        return crc.getValue();
    }

    /** All entries, junk and folders too, in physical order; {@link Member#index()} is the place in the list. */
    public List<Member> members() {
        return members;
    }

    /** Says that entries up to an offset will be read one after another. */
    void readAheadTo(long end) {
        channel.readAheadTo(end);
    }

    /**
     * Opens an entry's content.
     *
     * @throws RefusedException if its header is damaged or its method unknown
     */
    EntrySource source(Member member) {
        return guard(member, () -> {
            return sources.begin(member, entries.get(member.index()));
        });
    }

    /** Where an entry's packed bytes begin: its local header alone says it, and is read. */
    long dataOffset(Member member) {
        return guard(member, () -> sources.dataOffset(entries.get(member.index())));
    }

    /**
     * Opens an entry's content in the middle; reads nothing yet.
     *
     * @param offset in the entry
     * @return null if what was saved is of no use: it is of another version, or of another place
     */
    @Nullable
    EntrySource source(Member member, long offset, UnzipCursor.Resume resume) {
        return sources.further(member, offset, resume);
    }

    /** Does something that reads an entry, and turns what it throws into what this class promises. */
    <T> T guard(Member member, Guarded.Reading<T> reading) {
        return Guarded.read(channel, "Entry " + member.number() + " of the archive", member.number(), reading);
    }

    @Override
    public void close() {
        // closes the channel too; it only drops what is open and so cannot fail in a way that matters
        ZipFile.closeQuietly(zip);
    }
}
