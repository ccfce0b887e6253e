package io.intake.gateway.sftp;

import io.intake.config.Permission;
import io.intake.gateway.audit.Identity;
import io.intake.gateway.audit.SessionTotals;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.common.AttributeRepository.AttributeKey;
import org.jspecify.annotations.Nullable;

/** What we keep of a session. Thread-safe. */
public final class SessionState {
    /** Where a session keeps it. */
    public static final AttributeKey<SessionState> KEY = new AttributeKey<>();

    private static final String NO_METHOD = "none";

    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger uploads = new AtomicInteger();
    private final AtomicInteger questions = new AtomicInteger();
    private final AtomicBoolean heard = new AtomicBoolean();
    private final AtomicInteger channels = new AtomicInteger();
    private final AtomicInteger triedKeys = new AtomicInteger();
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile Identity identity;
    private volatile boolean authenticated;
    private volatile Set<Permission> permissions = Set.of();
    private volatile @Nullable String refusal;

    private final SessionTotals totals;
    private volatile String method = NO_METHOD;

    /** Of a session that has just begun. */
    public SessionState(Identity identity, SessionTotals totals) {
        this.identity = identity;
        this.totals = totals;
    }

    /** What it has done. */
    public SessionTotals totals() {
        return totals;
    }

    /** A method to log in was tried. */
    public void tried(String by) {
        method = by;
    }

    /** The method that was tried last. */
    public String method() {
        return method;
    }

    /** Who it is, as far as is known. */
    public Identity identity() {
        return identity;
    }

    /** A login was successful. */
    public void authenticated(Identity who) {
        identity = who;
        authenticated = true;
    }

    /** The name belongs to a partner, which has yet to prove that it is it. */
    public void claimed(Identity who) {
        identity = who;
    }

    public boolean isAuthenticated() {
        return authenticated;
    }

    /** True for the first call only: MINA may tell more than once that a session has ended. */
    public boolean end() {
        return ended.compareAndSet(false, true);
    }

    /** What the partner may do from now on. */
    public void permit(Set<Permission> allowed) {
        permissions = Set.copyOf(allowed);
    }

    Set<Permission> permissions() {
        return permissions;
    }

    /** Why the last attempt to log in failed; null if it did not. */
    public void refused(@Nullable String why) {
        refusal = why;
    }

    public @Nullable String refusal() {
        return refusal;
    }

    /** A key or a password was offered. */
    public void triedKey() {
        triedKeys.incrementAndGet();
    }

    /** Keys and passwords offered, an accepted key twice: first as a question, then with a signature. */
    public int triedKeys() {
        return triedKeys.get();
    }

    /** Takes a place for one more channel; false if there are enough. */
    public boolean tryOpenChannel(int limit) {
        return channels.getAndUpdate(open -> open < limit ? open + 1 : open) < limit;
    }

    /** Gives a channel's place back. */
    public void closeChannel() {
        channels.decrementAndGet();
    }

    void beginRequest() {
        requests.incrementAndGet();
    }

    void endRequest() {
        requests.decrementAndGet();
    }

    void beginUpload() {
        uploads.incrementAndGet();
    }

    void endUpload() {
        uploads.decrementAndGet();
    }

    /** Whether it has files open that it writes, or whose end it was not told yet. */
    public boolean isUploading() {
        return uploads.get() > 0;
    }

    /** The client was asked whether it is there. */
    public void asked() {
        questions.incrementAndGet();
    }

    /** The client has sent something. */
    public void heard() {
        questions.set(0);
        heard.set(true);
    }

    /** Whether the client has sent something since this was last asked. */
    public boolean takeHeard() {
        return heard.getAndSet(false);
    }

    /** Questions since the client has last sent something. */
    public int questions() {
        return questions.get();
    }

    /** Whether a request is being dealt with: then silence on the line is ours, not the client's. */
    public boolean isBusy() {
        return requests.get() > 0;
    }
}
