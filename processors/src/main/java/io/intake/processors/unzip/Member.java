package io.intake.processors.unzip;

import io.intake.processors.unzip.crypt.Protection;

/**
 * An entry as an archive's central directory describes it, before anything was decided about it. Nothing in it can be
 * trusted.
 *
 * @param index from 0 in the archive's physical order
 * @param name as in the archive; not for logs
 * @param method of compression, by its number in the ZIP specification (APPNOTE 4.4.5)
 * @param encrypted whether a password is needed
 * @param link whether it is a symbolic link of Unix
 * @param offset of its local header in the archive, in bytes
 * @param compressedSize in bytes; negative where unknown
 * @param size in bytes, after inflating; negative where unknown
 * @param crc32 of the inflated bytes, unsigned; negative where the archive does not say (AE-2)
 * @param protection how it is encrypted
 */
public record Member(
        int index,
        String name,
        int method,
        boolean encrypted,
        boolean link,
        long offset,
        long compressedSize,
        long size,
        long crc32,
        Protection protection) {

    /** An entry that is not encrypted, or nobody knows how. */
    public Member(
            int index,
            String name,
            int method,
            boolean encrypted,
            boolean link,
            long offset,
            long compressedSize,
            long size,
            long crc32) {
        this(
                index,
                name,
                method,
                encrypted,
                link,
                offset,
                compressedSize,
                size,
                crc32,
                encrypted ? Protection.UNKNOWN : Protection.NONE);
    }

    /** As people count; what a {@link io.intake.processors.job.Failure} may say. */
    int number() {
        return index + 1;
    }

    /** Whether it stands for a folder. */
    boolean folder() {
        return name.endsWith("/") || name.endsWith("\\");
    }
}
