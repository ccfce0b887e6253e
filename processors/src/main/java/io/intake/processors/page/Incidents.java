package io.intake.processors.page;

import io.intake.bucket.BucketLayout;
import io.intake.processors.Records;
import io.intake.processors.Records.Versioned;
import io.intake.processors.page.PageEvent.Group;
import io.intake.store.Content;
import io.intake.store.ListRequest;
import io.intake.store.ObjectStore;
import io.intake.store.PutRequest;
import io.intake.store.TransientStoreException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * Makes one incident of pages with one cause. Each member has a mark of its own, so that an event that comes twice counts
 * once and an incident ends with its last member; when to tell PagerDuty is decided in one record per cause. Thread-safe,
 * also across processes.
 */
public final class Incidents {
    /** The detail of an end that names the incident, whatever its members are. */
    static final String OPENED = "incident";

    /** Against others that change the same record; the page function runs twice at once at most. */
    private static final int ATTEMPTS = 50;

    private final ObjectStore store;
    private final Records records;
    private final InstantSource clock;

    public Incidents(ObjectStore store, Records records, InstantSource clock) {
        this.store = store;
        this.records = records;
        this.clock = clock;
    }

    /**
     * What PagerDuty is to be told.
     *
     * @param page the page for all members
     * @param opened which incident
     * @param count what it will know then
     */
    record Telling(PageEvent page, String opened, int count) {}

    /** A member of an incident. */
    record Member(String key, String opened, String member) {}

    /** Counts a page; empty if PagerDuty need not be told now. */
    Optional<Telling> add(PageEvent event) {
        Group group = Incident.group(event);
        String key = BucketLayout.incident(group.cause());
        boolean counted = false;
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Instant now = clock.instant();
            Optional<Versioned<Incident>> found = records.find(key, Incident.class);
            Incident before =
                    found.map(Versioned::value).filter(each -> each.takes(now)).orElse(null);
            if (before == null && group.member() == null) {
                return Optional.empty();
            }
            String opened = before == null ? Incident.begin(event, now).opened() : before.opened();
            boolean fresh = mark(group, opened) || counted;
            counted = fresh;
            Incident joined =
                    before == null ? Incident.begin(event, now) : fresh ? before.joined(group.member(), now) : before;
            boolean telling = before == null || joined.isFor(group.member(), now);
            Incident after = telling ? joined.claimed(group.member(), now) : joined;
            if (!telling && after.equals(before)) {
                return Optional.empty();
            }
            boolean written = found.map(old -> records.replace(key, old.etag(), after))
                    .orElseGet(() -> records.create(key, after))
                    .isPresent();
            if (written) {
                return telling ? Optional.of(telling(group, after)) : Optional.empty();
            }
        }
        throw new TransientStoreException("put", key, "changed again and again", null);
    }

    private Telling telling(Group group, Incident incident) {
        int marked = endsBySilence(group.cause())
                ? incident.count()
                : (int) members(group.cause()).stream()
                        .filter(each -> each.opened().equals(incident.opened()))
                        .count();
        return new Telling(incident.page(Math.max(1, marked)), incident.opened(), incident.count());
    }

    /** Whether incidents of a cause end when nothing has come for a while, so that their members need no marks. */
    static boolean endsBySilence(String cause) {
        return cause.startsWith(ServicePages.FUNCTION);
    }

    /** Marks a member; false if it had its mark. */
    private boolean mark(Group group, String opened) {
        String member = group.member();
        if (member == null) {
            return false;
        }
        if (endsBySilence(group.cause())) {
            return true;
        }
        String key = BucketLayout.incidentMembers(group.cause()) + opened + "/" + member;
        if (store.head(key).isPresent()) {
            return false;
        }
        store.put(PutRequest.of(key, Content.of(new byte[0]), "text/plain"));
        return true;
    }

    /** PagerDuty has taken it. */
    void told(PageEvent event, Telling telling) {
        change(
                Incident.group(event).cause(),
                telling.opened(),
                incident -> incident.told(telling.count(), clock.instant()));
    }

    private void change(String cause, String opened, UnaryOperator<Incident> change) {
        String key = BucketLayout.incident(cause);
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<Versioned<Incident>> found = records.find(key, Incident.class)
                    .filter(each -> each.value().opened().equals(opened));
            if (found.isEmpty()
                    || records.replace(
                                    key,
                                    found.get().etag(),
                                    change.apply(found.get().value()))
                            .isPresent()) {
                return;
            }
        }
    }

    /**
     * The end of an incident that PagerDuty is to be told of.
     *
     * @param page says so
     * @param mark the last member's, to be deleted after; empty if it has none
     */
    record Ending(PageEvent page, Optional<String> mark) {}

    /** Takes a member out; empty if no incident ends with that. To be called until it is. */
    Optional<Ending> end(PageEvent event) {
        Group group = Incident.group(event);
        if (group.member() == null) {
            return Optional.empty();
        }
        String key = BucketLayout.incident(group.cause());
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            Optional<Versioned<Incident>> found = records.find(key, Incident.class);
            List<Member> members = members(group.cause());
            Optional<Member> own = members.stream()
                    .filter(each -> each.member().equals(group.member()))
                    .findFirst();
            if (own.isEmpty()) {
                return Optional.empty();
            }
            String opened = own.get().opened();
            boolean others = members.stream()
                    .anyMatch(each ->
                            each.opened().equals(opened) && !each.member().equals(group.member()));
            if (others) {
                store.delete(own.get().key());
                continue;
            }
            boolean closed = found.filter(
                            now -> now.value().open() && now.value().opened().equals(opened))
                    .map(now -> records.replace(key, now.etag(), now.value().closed())
                            .isPresent())
                    .orElse(true);
            if (closed) {
                return Optional.of(new Ending(
                        Incident.end(event, opened), Optional.of(own.get().key())));
            }
        }
        throw new TransientStoreException("put", key, "changed again and again", null);
    }

    /** The end of the incident that a page names, whatever its members are. */
    Ending endOf(PageEvent event, String opened) {
        change(Incident.group(event).cause(), opened, Incident::closed);
        return new Ending(Incident.end(event, opened), Optional.empty());
    }

    /** PagerDuty knows that it is over. */
    void ended(Ending ending) {
        ending.mark().ifPresent(store::delete);
    }

    /** What incidents of a cause are about, by their keys. */
    List<Member> members(String cause) {
        String prefix = BucketLayout.incidentMembers(cause);
        List<Member> members = new ArrayList<>();
        ListRequest.under(prefix).each(store, object -> {
            String[] parts = object.key().substring(prefix.length()).split("/", 2);
            if (parts.length == 2) {
                members.add(new Member(object.key(), parts[0], parts[1]));
            }
        });
        return members;
    }

    /** The partners of whose uploads people were told. */
    public Set<String> openParked() {
        String prefix = BucketLayout.incident(ServicePages.PARKED).replace(".json", "");
        Set<String> partners = new TreeSet<>();
        store.list(ListRequest.under(prefix)).objects().forEach(object -> {
            String name = object.key().substring(prefix.length(), object.key().length() - ".json".length());
            if (records.find(object.key(), Incident.class)
                    .filter(found -> found.value().open())
                    .isPresent()) {
                partners.add(name);
            }
        });
        return partners;
    }
}
