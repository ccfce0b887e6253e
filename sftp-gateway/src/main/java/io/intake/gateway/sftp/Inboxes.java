package io.intake.gateway.sftp;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The inboxes of all open channels, so that those that stay empty do not keep memory. Thread-safe. */
public final class Inboxes {
    private final Set<Inbox> open = ConcurrentHashMap.newKeySet();

    void add(Inbox inbox) {
        open.add(inbox);
    }

    void remove(Inbox inbox) {
        open.remove(inbox);
    }

    /** Frees the memory of inboxes that were empty since the last call. To be called about twice a second. */
    public void trim() {
        open.forEach(Inbox::trim);
    }
}
