package io.intake.processors.collect;

import io.intake.config.Collect;
import io.intake.config.Manifest;
import io.intake.processors.collect.ManifestList.Listed;
import io.intake.processors.job.Input;
import io.intake.processors.job.Job;
import io.intake.processors.job.RefusedException;
import io.intake.store.ObjectContent;
import io.intake.store.ObjectStore;
import io.intake.store.ReadRequest;
import io.intake.store.TransientStoreException;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Lists of files, and whether the files are what these say. Thread-safe. */
public final class Manifests {
    private static final int BUFFER_BYTES = 1 << 18;

    private final ObjectStore store;

    public Manifests(ObjectStore store) {
        this.store = store;
    }

    /** A path without its folders. */
    public static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    /**
     * What a manifest lists.
     *
     * @param job of the manifest
     * @throws io.intake.processors.job.RefusedException if it cannot be read
     */
    List<Listed> read(Job job) {
        Collect rules = Objects.requireNonNull(job.requireFeed().collect());
        return read(job, Objects.requireNonNull(rules.manifest()));
    }

    /** The same of a list whose form is given. */
    public List<Listed> read(Job job, Manifest manifest) {
        if (job.input().size() > ManifestList.MOST_BYTES) {
            throw Failures.unreadableManifest(0);
        }
        try (ObjectContent content = open(job.input())) {
            return ManifestList.read(content.stream().readAllBytes(), manifest);
        } catch (IOException lost) {
            throw lost(job.input(), lost);
        }
    }

    /**
     * Checks a file of a set against what the list says of it.
     *
     * @param number of the file in its set, from 1
     * @throws io.intake.processors.job.RefusedException if it is another
     */
    void check(Job member, int number, Listed listed) {
        check(member.input(), Announcement.of("", listed), how -> Failures.manifestDiffers(number, how));
    }

    /**
     * Checks a file by itself against what was said of it.
     *
     * @throws io.intake.processors.job.RefusedException if it is another
     */
    void check(Job job, Announcement said) {
        check(job.input(), said, Failures::announcedDiffers);
    }

    private void check(Input input, Announcement said, Function<String, RefusedException> refusal) {
        if (said.bytes() != null && said.bytes() != input.size()) {
            throw refusal.apply("has " + input.size() + " bytes, not " + said.bytes());
        }
        check(input, "MD5", said.md5(), refusal);
        check(input, "SHA-256", said.sha256(), refusal);
    }

    private void check(
            Input input, String algorithm, @Nullable String expected, Function<String, RefusedException> refusal) {
        if (expected != null && !digest(input, algorithm).equals(expected)) {
            throw refusal.apply("has another " + algorithm);
        }
    }

    private String digest(Input input, String algorithm) {
        try (ObjectContent content = open(input)) {
            MessageDigest digest = MessageDigest.getInstance(algorithm);
            InputStream in = content.stream();
            byte[] buffer = new byte[BUFFER_BYTES];
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                digest.update(buffer, 0, count);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (IOException lost) {
            throw lost(input, lost);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has " + algorithm, e);
        }
    }

    private ObjectContent open(Input input) {
        return store.read(new ReadRequest(input.key(), null, input.etag(), input.versionId()));
    }

    private static TransientStoreException lost(Input input, IOException cause) {
        return new TransientStoreException("read", input.key(), "the stream was lost", cause);
    }
}
