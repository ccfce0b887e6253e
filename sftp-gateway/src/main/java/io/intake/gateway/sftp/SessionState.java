package io.intake.gateway.sftp;

import io.intake.gateway.audit.Identity;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.sshd.common.AttributeRepository.AttributeKey;

/** What we keep of a session. Thread-safe. */
public final class SessionState {
    /** Where a session keeps it. */
    public static final AttributeKey<SessionState> KEY = new AttributeKey<>();

    private final AtomicInteger requests = new AtomicInteger();
    private final AtomicInteger channels = new AtomicInteger();
    private final AtomicInteger triedKeys = new AtomicInteger();
    private volatile Identity identity;
    private volatile boolean authenticated;

    public SessionState(Identity identity) {
        this.identity = identity;
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

    /** A key was offered. */
    public void triedKey() {
        triedKeys.incrementAndGet();
    }

    /** Keys offered, an accepted one twice: first as a question, then with a signature. */
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

    /** Whether a request is being dealt with: then silence on the line is ours, not the client's. */
    public boolean isBusy() {
        return requests.get() > 0;
    }
}
