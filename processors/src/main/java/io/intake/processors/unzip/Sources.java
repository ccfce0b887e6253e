package io.intake.processors.unzip;

import io.intake.processors.job.Input;
import io.intake.processors.job.Job;
import io.intake.processors.unzip.UnzipCursor.Unwrapped;
import io.intake.processors.unzip.stream.Compression;
import org.jspecify.annotations.Nullable;

/** What is worked on: an upload, or what was left of it when its wrappings had been taken off. Pure. */
final class Sources {
    private Sources() {}

    /**
     * What is worked on.
     *
     * @param input where its bytes are
     * @param name without its folders and the suffixes of its wrappings; not for logs
     * @param unwrapped null for the upload itself
     */
    record Source(Input input, String name, @Nullable Unwrapped unwrapped) {
        int wrappings() {
            return unwrapped == null ? 0 : unwrapped.wrappings().size();
        }
    }

    /** @param name what the partner called the file, without its folders */
    static Source of(Job job, String name, @Nullable Unwrapped unwrapped) {
        if (unwrapped == null) {
            return new Source(job.input(), name, null);
        }
        String inner = name;
        for (Compression wrapping : unwrapped.wrappings()) {
            inner = wrapping.inner(inner);
        }
        return new Source(input(job, unwrapped.key(), unwrapped.etag(), unwrapped.size()), inner, unwrapped);
    }

    /** An object of ours in the upload's place. */
    static Input input(Job job, String key, String etag, long size) {
        return new Input(key, null, etag, size, null, job.input().uploadedAt());
    }
}
