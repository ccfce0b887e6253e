package io.intake.gateway.upload;

import io.intake.store.ListPage;
import io.intake.store.ListRequest;
import io.intake.store.ObjectInfo;
import io.intake.store.ObjectStore;
import io.intake.store.UploadPage;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Which files have unfinished uploads. Thread-safe; every method calls the store. */
public final class UnfinishedKeys {
    private final ObjectStore store;
    private final Publication calls;
    private final ResumeRecords records;

    public UnfinishedKeys(Partials partials) {
        this.store = partials.store();
        this.calls = partials.calls();
        this.records = partials.records();
    }

    /**
     * The keys of a folder's unfinished uploads, some perhaps out of date.
     *
     * @param recordPrefix of the folder's records
     * @param prefixes the key prefixes of the folder's files
     */
    public List<String> keys(String recordPrefix, List<String> prefixes) {
        TreeSet<String> keys = new TreeSet<>();
        records.under(recordPrefix).forEach(found -> keys.add(found.record().key()));
        for (String prefix : prefixes) {
            String continuation = null;
            do {
                String from = continuation;
                UploadPage page = calls.retry(() -> store.listUploads(prefix, from));
                page.uploads().stream()
                        .map(upload -> upload.ref().key())
                        .filter(key -> key.indexOf('/', prefix.length()) < 0)
                        .forEach(keys::add);
                continuation = page.continuation();
            } while (continuation != null);
        }
        return List.copyOf(keys);
    }

    /** The keys of all records below a prefix; empty if there are more than a page of them. */
    public Optional<Set<String>> recordKeys(String prefix) {
        ListPage page = calls.retry(() -> store.list(ListRequest.under(prefix)));
        return page.continuation() == null
                ? Optional.of(page.objects().stream().map(ObjectInfo::key).collect(Collectors.toSet()))
                : Optional.empty();
    }

    /** The keys of all multipart uploads below some prefixes; empty if there are more than a page of them. */
    public Optional<Set<String>> uploadKeys(String... prefixes) {
        Set<String> keys = new HashSet<>();
        for (String prefix : prefixes) {
            UploadPage page = calls.retry(() -> store.listUploads(prefix, null));
            if (page.continuation() != null) {
                return Optional.empty();
            }
            page.uploads().forEach(upload -> keys.add(upload.ref().key()));
        }
        return Optional.of(keys);
    }
}
