package io.intake.gateway.upload;

import org.jspecify.annotations.Nullable;

/** What an upload uses of what its partner may use. Used by the upload's thread. */
public interface UploadMeter {
    /** Without limits. */
    UploadMeter NONE = new UploadMeter() {
        @Override
        public @Nullable String take(long end, int count, Cancellation cancellation) {
            return null;
        }

        @Override
        public boolean tryTake(long end, int count) {
            return true;
        }

        @Override
        public void ended(UploadEnd end) {}
    };

    /**
     * Asks for bytes that the client has sent; waits if they come too fast.
     *
     * @param end where in the file they end
     * @param count how many they are
     * @param cancellation ends the wait
     * @return why the upload fails by them; null if they may be taken
     * @throws SessionLostException if the session ended meanwhile
     */
    @Nullable
    String take(long end, int count, Cancellation cancellation) throws SessionLostException;

    /**
     * Asks for bytes that the client has sent; does not wait.
     *
     * @return false if that is refused or must be waited for, as {@link #take} will tell
     */
    boolean tryTake(long end, int count);

    /** The upload has ended; called once. */
    void ended(UploadEnd end);
}
