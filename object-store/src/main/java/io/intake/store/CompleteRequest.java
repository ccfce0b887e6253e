package io.intake.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An upload to publish.
 *
 * @param upload which
 * @param parts what it is made of: numbers 1, 2, 3 and so on without a gap, as S3 wants them where parts have checksums (API
 *     reference, CompletedPart); parts behind the last one named are dropped
 * @param size the whole object's, in bytes; null where not known. Checked by the store where it can
 * @param crc32 the whole object's, unsigned; null where not known. Checked by the store where it can
 * @param precondition what must hold of the key
 */
public record CompleteRequest(
        UploadRef upload,
        List<Part> parts,
        @Nullable Long size,
        @Nullable Long crc32,
        Precondition precondition) {
    public CompleteRequest {
        parts = List.copyOf(parts);
    }
}
