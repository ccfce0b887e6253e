package io.intake.store;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An upload to publish.
 *
 * @param upload which
 * @param parts what it is made of, by ascending number; parts that are left out are dropped
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
