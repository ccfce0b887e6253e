package io.intake.gateway.upload;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Which uploads of a file were opened after which, at this gateway. A session that the network has lost may be delivered late,
 * when its client has long stored the file by a second one: then the old bytes must not replace the new ones. Uploads with a
 * resume record are fenced by that, on any gateway; a file of one request has none. Thread-safe; knows only files that are open.
 */
public final class Openings {
    private final Map<String, File> files = new HashMap<>();
    private long last;

    /** What an upload of a file is beside those that were opened after it. */
    enum Standing {
        /** No other session has opened the file since. */
        LATEST,
        /** Another session has, and has stored or parked nothing yet. */
        FOLLOWED,
        /** Another session has published it since, or parked what it has of it. */
        OUTDATED
    }

    /** A file that is open. Its publications come one after the other. */
    private static final class File {
        private final ReentrantLock publishing = new ReentrantLock();
        /** Guarded by the registry, as are the last opening and its session. */
        private int open;

        private long latest;
        private @Nullable Object latestSession;

        /** Guarded by {@link #publishing}, as is the session. */
        private long newest;

        private @Nullable Object session;

        /** The same of those that were published or parked. */
        private long newestKept;

        private @Nullable Object keptBy;
    }

    /** One upload of a file. */
    final class Opening {
        private final String key;
        private final File file;
        private final long number;
        private final Object session;
        private boolean closed;

        private Opening(String key, File file, long number, Object session) {
            this.key = key;
            this.file = file;
            this.number = number;
            this.session = session;
        }

        /** Waits until no other upload of the file is being published or parked. */
        void lock() {
            file.publishing.lock();
        }

        /** Does not wait. */
        boolean tryLock() {
            return file.publishing.tryLock();
        }

        void unlock() {
            file.publishing.unlock();
        }

        /** Whether another session has published the file that opened it later. Asked while locked. */
        boolean isOvertaken() {
            return file.newest > number && !session.equals(file.session);
        }

        /** Asked while locked. */
        Standing standing() {
            if (file.newestKept > number && !session.equals(file.keptBy)) {
                return Standing.OUTDATED;
            }
            synchronized (Openings.this) {
                return file.latest > number && !session.equals(file.latestSession)
                        ? Standing.FOLLOWED
                        : Standing.LATEST;
            }
        }

        /** Said while locked. */
        void published() {
            if (number > file.newest) {
                file.newest = number;
                file.session = session;
            }
            parked();
        }

        /** Said while locked. */
        void parked() {
            if (number > file.newestKept) {
                file.newestKept = number;
                file.keptBy = session;
            }
        }

        /** The upload has ended. */
        void close() {
            synchronized (Openings.this) {
                if (!closed) {
                    closed = true;
                    file.open--;
                    if (file.open == 0) {
                        files.remove(key);
                    }
                }
            }
        }
    }

    /** @param session one that opens a file twice does not overtake itself */
    synchronized Opening open(String key, Object session) {
        File file = files.computeIfAbsent(key, _ -> new File());
        file.open++;
        file.latest = ++last;
        file.latestSession = session;
        return new Opening(key, file, last, session);
    }

    /** Files that are open. */
    synchronized int count() {
        return files.size();
    }
}
