package io.intake.processors;

/** Does something once before or after the n-th store call. */
public final class AtCall implements Intercepted.Around {
    private final int call;
    private final boolean after;
    private final Runnable action;
    private int calls;

    public AtCall(int call, boolean after, Runnable action) {
        this.call = call;
        this.after = after;
        this.action = action;
    }

    @Override
    public void before(String operation, Object[] arguments) {
        if (++calls == call && !after) {
            action.run();
        }
    }

    @Override
    public void after(String operation, Object[] arguments, Object result) {
        if (calls == call && after) {
            action.run();
        }
    }

    /** Whether there were so many calls. */
    public boolean reached() {
        return calls >= call;
    }
}
