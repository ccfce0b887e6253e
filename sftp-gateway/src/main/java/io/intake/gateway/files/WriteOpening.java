package io.intake.gateway.files;

import io.intake.gateway.upload.Resumption;
import io.intake.gateway.upload.UploadTarget;
import org.jspecify.annotations.Nullable;

/**
 * A file that may be written.
 *
 * @param target where to
 * @param from what is gone on from; null to begin with nothing
 */
public record WriteOpening(UploadTarget target, @Nullable Resumption from) {}
