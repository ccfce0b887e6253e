package io.intake.gateway.quota;

import io.intake.config.Quota;
import io.intake.gateway.upload.Cancellation;
import io.intake.gateway.upload.SessionLostException;
import io.intake.gateway.upload.UploadEnd;
import io.intake.gateway.upload.UploadMeter;
import io.intake.gateway.upload.UploadTarget;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What one partner has stored. Counted in the store when it first matters and again every few minutes, because others change
 * it too: the processors, operators, other gateways. In between kept current by what passes this gateway, and never too low
 * for that: nobody is refused before a fresh count has said the same. Thread-safe.
 *
 * <p>A store that cannot be counted limits nobody: a file too many does less harm than a file that does not arrive.
 */
public final class PartnerUsage {
    private static final Logger LOG = LoggerFactory.getLogger(PartnerUsage.class);

    private final Supplier<Quota> quota;
    private final Function<Predicate<String>, UsageCount> count;
    private final InstantSource clock;
    private final Delay delay;
    private final CountSchedule schedule;
    private final UploadRate rate = new UploadRate();
    private final Set<Charge> open = new HashSet<>();

    private long bytes;
    private long files;

    PartnerUsage(
            Supplier<Quota> quota,
            Function<Predicate<String>, UsageCount> count,
            InstantSource clock,
            Delay delay,
            Executor executor) {
        this.quota = quota;
        this.count = count;
        this.clock = clock;
        this.delay = delay;
        this.schedule = new CountSchedule(this::count, clock, executor);
    }

    /** The quota in force, and what is used of it; waits for the first count if there is a limit. */
    public Usage usage(Cancellation cancellation) throws SessionLostException {
        Quota limits = quota.get();
        if (!limits.limitsSpace()) {
            return Usage.UNLIMITED;
        }
        schedule.awaitFirst(cancellation);
        synchronized (this) {
            return new Usage(bytes + openBytes(), limits.bytes(), files + openFiles(), limits.files());
        }
    }

    /** Something was deleted or replaced: what is known may be too high. */
    public void freed() {
        schedule.freed();
    }

    /**
     * Whether one more file may be opened for writing.
     *
     * @param addsFile whether it is one that is not there yet; asked only if that decides
     * @return why not; null if it may
     */
    public @Nullable String refusal(Cancellation cancellation, Supplier<Boolean> addsFile) throws SessionLostException {
        Quota limits = quota.get();
        if (!limits.limitsSpace()) {
            return null;
        }
        schedule.awaitFirst(cancellation);
        if (lacksFile(limits) && addsFile.get()) {
            schedule.refresh(cancellation);
            if (lacksFile(limits)) {
                return "quota of " + limits.files() + " files is used up: delete some";
            }
        }
        if (lacksBytes(limits, 1)) {
            schedule.refresh(cancellation);
            if (lacksBytes(limits, 1)) {
                return bytesUsedUp(limits);
            }
        }
        return null;
    }

    private static String bytesUsedUp(Quota limits) {
        Long limit = limits.bytes();
        return "quota of " + Sizes.text(limit == null ? 0 : limit) + " is used up: delete files";
    }

    /**
     * An upload that was opened.
     *
     * @param partial what was there of it before, unfinished, in bytes; 0 if nothing was
     */
    public UploadMeter meter(UploadTarget target, long partial) {
        Charge charge = new Charge(target, partial);
        synchronized (this) {
            open.add(charge);
        }
        return charge;
    }

    private synchronized boolean lacksFile(Quota limits) {
        Integer limit = limits.files();
        return limit != null && files + openFiles() >= limit;
    }

    private synchronized boolean lacksBytes(Quota limits, long more) {
        Long limit = limits.bytes();
        return limit != null && bytes + openBytes() + more > limit;
    }

    private long openBytes() {
        return open.stream().mapToLong(charge -> charge.reached - charge.known).sum();
    }

    private long openFiles() {
        return open.stream().filter(charge -> !charge.fileKnown).count();
    }

    /** The upload that an object or an unfinished upload in the store belongs to; null for one that is not under way here. */
    private synchronized @Nullable Charge underWay(String key) {
        return open.stream().filter(charge -> charge.owns(key)).findFirst().orElse(null);
    }

    private void count() {
        long bytesBefore;
        long filesBefore;
        synchronized (this) {
            bytesBefore = bytes;
            filesBefore = files;
        }
        try {
            Set<Charge> leftOut = new HashSet<>();
            UsageCount result = count.apply(key -> {
                Charge own = underWay(key);
                return own != null && (leftOut.contains(own) || leftOut.add(own));
            });
            synchronized (this) {
                // what ended meanwhile may be in both, which the next count sets right
                bytes = result.bytes() + Math.max(0, bytes - bytesBefore);
                files = result.files() + Math.max(0, files - filesBefore);
                leftOut.forEach(Charge::notCounted);
            }
            schedule.succeeded();
        } catch (RuntimeException e) {
            LOG.warn(
                    "a partner's files cannot be counted, so its quota does not count now: cause={}",
                    e.getClass().getSimpleName());
        }
    }

    /** One upload under way. Its fields are guarded by the partner's usage. */
    private final class Charge implements UploadMeter {
        private final UploadTarget target;
        private final long partial;
        /** What of it the count includes. */
        private long known;

        private boolean fileKnown;
        private long reached;

        Charge(UploadTarget target, long partial) {
            this.target = target;
            this.partial = partial;
            this.known = partial;
            this.reached = partial;
            this.fileKnown = partial > 0;
        }

        private boolean owns(String key) {
            return key.equals(target.key()) || key.equals(target.partsKey()) || target.ownsParked(key);
        }

        private void notCounted() {
            known = 0;
            fileKnown = false;
        }

        @Override
        public @Nullable String take(long end, int size, Cancellation cancellation) throws SessionLostException {
            Quota limits = quota.get();
            pace(limits, size, cancellation);
            if (!limits.limitsSpace() || tryReach(limits, end)) {
                return null;
            }
            schedule.refresh(cancellation);
            return tryReach(limits, end) ? null : bytesUsedUp(limits);
        }

        @Override
        public boolean tryTake(long end, int size) {
            Quota limits = quota.get();
            return limits.uploadRate() == null && (!limits.limitsSpace() || tryReach(limits, end));
        }

        private void pace(Quota limits, int size, Cancellation cancellation) throws SessionLostException {
            Long bytesPerSecond = limits.uploadRate();
            if (bytesPerSecond != null) {
                Duration wait = rate.take(size, bytesPerSecond, clock.instant());
                if (!wait.isZero() && !cancellation.await(delay.of(wait))) {
                    throw new SessionLostException();
                }
            }
        }

        private boolean tryReach(Quota limits, long end) {
            synchronized (PartnerUsage.this) {
                if (end > reached && schedule.isCounted() && lacksBytes(limits, end - reached)) {
                    return false;
                }
                reached = Math.max(reached, end);
                return true;
            }
        }

        @Override
        public void ended(UploadEnd end) {
            long left = switch (end) {
                case UploadEnd.Published published -> published.size();
                case UploadEnd.Held held -> held.size();
                case UploadEnd.Parked parked -> parked.size();
                case UploadEnd.Unchanged ignored -> partial;
                case UploadEnd.Abandoned ignored -> partial;
                case UploadEnd.Failed ignored -> partial;
            };
            synchronized (PartnerUsage.this) {
                open.remove(this);
                bytes += left - known;
                if (left > 0 && !fileKnown) {
                    files++;
                }
            }
        }
    }
}
