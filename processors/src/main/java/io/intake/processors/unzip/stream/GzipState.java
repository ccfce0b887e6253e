package io.intake.processors.unzip.stream;

/**
 * A place inside a gzip file's data.
 *
 * @param dataOffset where the member's compressed data begins in the file
 * @param crc32 of the member's bytes before this place
 * @param inflater a saved {@link io.intake.processors.unzip.inflate.ResumableInflater} in Base64, about 44,000 characters that
 *     hold the last 32 KiB before this place: never to be logged
 */
public record GzipState(long dataOffset, long crc32, String inflater) {
    /** Without the bytes of the file. */
    @Override
    public String toString() {
        return "GzipState[dataOffset=" + dataOffset + "]";
    }
}
