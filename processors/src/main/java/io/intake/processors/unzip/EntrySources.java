package io.intake.processors.unzip;

import io.intake.processors.job.RefusedException;
import io.intake.processors.unzip.crypt.WinZipAes;
import io.intake.processors.unzip.crypt.ZipCrypto;
import io.intake.processors.unzip.inflate.ResumableInflater;
import io.intake.processors.unzip.stream.Decoders;
import io.intake.processors.unzip.stream.PackedStream;
import io.intake.store.Crc32;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Base64;
import org.apache.commons.compress.archivers.zip.UnsupportedZipFeatureException;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/** Opens the content of an archive's entries. Not thread-safe. */
final class EntrySources {
    /** Bits of an entry's flags (APPNOTE 4.4.4). */
    private static final int END_MARK = 1 << 1;

    private static final int SIZES_BEHIND = 1 << 3;

    /** How much of an entry is unpacked to see whether a password that may be right is. */
    private static final int TRIAL_BYTES = 64 << 10;

    /** Up to where a local header holds the time (APPNOTE 4.3.7). */
    private static final int HEADER_BYTES = 12;

    private final RangedChannel channel;
    private final ZipFile zip;
    private final ZipPasswords passwords;

    EntrySources(RangedChannel channel, ZipFile zip, ZipPasswords passwords) {
        this.channel = channel;
        this.zip = zip;
        this.passwords = passwords;
    }

    /** From the entry's beginning. */
    EntrySource begin(Member member, ZipArchiveEntry entry) throws IOException {
        if (Methods.legacy(member.method())) {
            return new LibrarySource(zip.getInputStream(entry));
        }
        long at = dataOffset(entry);
        if (Methods.resumable(member)) {
            return resumable(member, at, 0, new ResumableInflater());
        }
        if (member.encrypted()) {
            return decrypted(member, entry, at);
        }
        return new LibrarySource(decoder(member, entry, packed(member, at)));
    }

    /** From the middle; reads nothing yet. Null if what was saved is of no use. */
    @Nullable
    EntrySource further(Member member, long offset, UnzipCursor.Resume resume) {
        String saved = resume.inflater();
        boolean deflated = member.method() == Methods.DEFLATED;
        if (!Methods.resumable(member) || deflated != (saved != null)) {
            return null;
        }
        try {
            ResumableInflater inflater = saved == null
                    ? new ResumableInflater()
                    : ResumableInflater.restore(Base64.getDecoder().decode(saved));
            boolean here = !deflated || inflater.produced() == offset;
            return here ? resumable(member, resume.dataOffset(), offset, inflater) : null;
        } catch (IllegalArgumentException unknown) {
            return null;
        }
    }

    private EntrySource resumable(Member member, long dataOffset, long offset, ResumableInflater inflater) {
        return member.method() == Methods.DEFLATED
                ? new DeflatedSource(channel, dataOffset, member.compressedSize(), inflater)
                : new StoredSource(channel, dataOffset, member.compressedSize(), offset);
    }

    /** Where the entry's bytes begin, which its local header alone says. */
    long dataOffset(ZipArchiveEntry entry) throws IOException {
        InputStream raw = zip.getRawInputStream(entry);
        if (raw != null) {
            raw.close();
        }
        if (entry.getDataOffset() < 0) {
            throw new IOException("an entry has no local header");
        }
        return entry.getDataOffset();
    }

    private InputStream packed(Member member, long at) {
        return new PackedStream(new ChannelBytes(channel, at, member.compressedSize()));
    }

    private InputStream decoder(Member member, ZipArchiveEntry entry, InputStream packed) throws IOException {
        return switch (member.method()) {
            case Methods.STORED -> packed;
            case Methods.DEFLATED -> new InflatingStream(packed);
            case Methods.DEFLATED64 -> Decoders.deflate64(packed);
            case Methods.BZIP2 -> Decoders.bzip2(packed);
            case Methods.LZMA -> Decoders.lzma(packed, member.size(), (entry.getRawFlag() & END_MARK) != 0);
            case Methods.XZ -> Decoders.xz(packed);
            case Methods.ZSTANDARD, Methods.OLD_ZSTANDARD -> Decoders.zstd(packed);
            default -> throw new UnsupportedZipFeatureException(UnsupportedZipFeatureException.Feature.METHOD, entry);
        };
    }

    /** @throws RefusedException if no password opens it */
    private EntrySource decrypted(Member member, ZipArchiveEntry entry, long at) throws IOException {
        for (String password : passwords.inOrder()) {
            EntrySource source = member.protection().aes()
                    ? aes(member, entry, at, password)
                    : traditional(member, entry, at, password);
            if (source != null) {
                passwords.right(password);
                return source;
            }
        }
        throw KeyRefusals.wrongPassword(member);
    }

    private @Nullable EntrySource aes(Member member, ZipArchiveEntry entry, long at, String password)
            throws IOException {
        WinZipAes aes = new WinZipAes(packed(member, at), member.compressedSize(), member.protection(), password);
        return aes.accepted() ? new DecryptedSource(decoder(member, entry, aes), aes) : null;
    }

    private @Nullable EntrySource traditional(Member member, ZipArchiveEntry entry, long at, String password)
            throws IOException {
        ZipCrypto crypto = new ZipCrypto(packed(member, at), password);
        boolean accepted = crypto.check() == (int) (entry.getCrc() >>> 24)
                || ((entry.getRawFlag() & SIZES_BEHIND) != 0 && crypto.check() == time(member));
        if (!accepted || !opens(member, entry, crypto)) {
            return null;
        }
        ZipCrypto again = new ZipCrypto(packed(member, at), password);
        return new DecryptedSource(decoder(member, entry, again), again);
    }

    /** The higher byte of the time in the local header. */
    private int time(Member member) throws IOException {
        byte[] header = channel.bytes(member.offset(), HEADER_BYTES);
        return header[HEADER_BYTES - 1] & 0xFF;
    }

    /** Whether an entry's beginning can be unpacked: wrong passwords pass the byte that they are checked by often enough. */
    private boolean opens(Member member, ZipArchiveEntry entry, ZipCrypto crypto) throws IOException {
        byte[] start = new byte[(int) Math.min(TRIAL_BYTES, member.size())];
        try (InputStream content = decoder(member, entry, crypto)) {
            int count = content.readNBytes(start, 0, start.length);
            boolean whole = count == member.size();
            return count == start.length && (!whole || Crc32.of(Arrays.copyOf(start, count)) == member.crc32());
        } catch (IOException | RuntimeException failed) {
            if (channel.failure() != null) {
                throw failed;
            }
            return false;
        }
    }
}
