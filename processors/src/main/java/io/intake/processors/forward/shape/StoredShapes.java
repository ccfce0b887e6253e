package io.intake.processors.forward.shape;

import io.intake.bucket.BucketLayout;
import io.intake.processors.Records;
import io.intake.processors.forward.Batch;
import io.intake.processors.job.Job;
import io.intake.store.AbsentException;
import io.intake.store.ObjectContent;
import io.intake.store.ObjectStore;
import io.intake.store.ReadRequest;
import io.intake.store.TransientStoreException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Shapes by the templates in the bucket. A job keeps the template that it began with, as a record of its own, so that a batch
 * that is sent again under its key says the same although the template has changed. Thread-safe.
 */
public final class StoredShapes implements Shapes {
    private static final int KEPT = 32;

    private final ObjectStore store;
    private final Records records;
    private final Map<Pinned, Template> compiled = recent();
    private final Map<String, Pinned> pins = recent();

    public StoredShapes(ObjectStore store, Records records) {
        this.store = store;
        this.records = records;
    }

    /**
     * A job's template as it was when the job began to forward.
     *
     * @param name of the object under {@code config/templates/}
     * @param text of it
     */
    record Pinned(String name, String text) {}

    @Override
    public Shaped of(Job job, Batch batch) {
        String name = job.requireFeed().template();
        if (name == null || job.requireFeed().files() != null) {
            return Shaped.Ready.plain(batch);
        }
        try {
            Template template = template(job.id(), name);
            List<byte[]> shaped = new ArrayList<>(batch.records());
            for (int i = 0; i < batch.records(); i++) {
                shaped.add(template.shape(job, batch, i));
            }
            return new Shaped.Ready(shaped, template.kind());
        } catch (TemplateException problem) {
            return problem.problem() == TemplateProblem.FAILED
                    ? Shaped.Not.refused(problem.problem())
                    : Shaped.Not.waiting(problem.problem());
        }
    }

    private Template template(String job, String name) throws TemplateException {
        Pinned known;
        synchronized (pins) {
            known = pins.get(job);
        }
        if (known == null || !known.name().equals(name)) {
            known = pin(job, name);
            synchronized (pins) {
                pins.put(job, known);
            }
        }
        return compiled(known);
    }

    /** The first to send of a job decides; a template that cannot be used is never the one. */
    private Pinned pin(String job, String name) throws TemplateException {
        String key = BucketLayout.templateOf(job);
        Optional<Records.Versioned<Pinned>> before = records.find(key, Pinned.class);
        if (before.isPresent() && before.get().value().name().equals(name)) {
            return before.get().value();
        }
        Pinned now = new Pinned(name, read(name));
        compiled(now);
        boolean first = before.isPresent()
                ? records.replace(key, before.get().etag(), now).isPresent()
                : records.create(key, now).isPresent();
        return first ? now : records.find(key, Pinned.class).orElseThrow().value();
    }

    private Template compiled(Pinned pinned) throws TemplateException {
        synchronized (compiled) {
            Template known = compiled.get(pinned);
            if (known == null) {
                known = Template.of(pinned.name(), pinned.text());
                compiled.put(pinned, known);
            }
            return known;
        }
    }

    private String read(String name) throws TemplateException {
        String key = BucketLayout.TEMPLATES + name;
        try (ObjectContent content = store.read(ReadRequest.whole(key))) {
            byte[] bytes = content.stream().readNBytes(4 * Template.LONGEST);
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (AbsentException absent) {
            throw new TemplateException(TemplateProblem.ABSENT, "there is no such template");
        } catch (CharacterCodingException notText) {
            throw new TemplateException(TemplateProblem.INVALID, "it is no UTF-8");
        } catch (IOException lost) {
            throw new TransientStoreException("read", key, "connection lost", lost);
        }
    }

    /** Those used last. To be synchronized on. */
    private static <K, V> Map<K, V> recent() {
        return new LinkedHashMap<>(16, 0.75f, true) {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
                return size() > KEPT;
            }
        };
    }
}
