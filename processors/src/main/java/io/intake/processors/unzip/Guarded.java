package io.intake.processors.unzip;

import io.intake.processors.job.RefusedException;
import io.intake.processors.unzip.crypt.AuthenticationException;
import io.intake.processors.unzip.pgp.PgpFault;
import io.intake.processors.unzip.stream.MemoryNeededException;
import io.intake.store.AbsentException;
import io.intake.store.ConflictException;
import io.intake.store.StoreException;
import java.io.IOException;
import org.apache.commons.compress.archivers.zip.UnsupportedZipFeatureException;

/**
 * Turns whatever libraries throw on hostile input into {@link RefusedException}; a store that failed comes out as the {@link
 * StoreException} it threw. What was thrown is never passed on as a cause, because libraries write entries' names into their
 * messages.
 */
final class Guarded {
    private Guarded() {}

    /** Something that reads. */
    interface Reading<T> {
        T read() throws IOException;
    }

    /**
     * Reads.
     *
     * @param what is read, as the start of a sentence for the partner
     * @param number of the entry that is read; 0 for none
     */
    static <T> T read(RangedChannel channel, String what, int number, Reading<T> reading) {
        try {
            return reading.read();
        } catch (RefusedException | SecretUnavailableException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // whatever a library made of it
            StoreException failure = e instanceof StoreException store ? store : channel.failure();
            throw failure == null ? refusal(e, what, number) : storage(failure);
        } catch (LinkageError e) {
            // a decompressor whose optional library is not deployed
            throw number == 0 ? Refusals.damaged(what) : Refusals.unsupportedMethod(number);
        } catch (OutOfMemoryError | StackOverflowError e) {
            throw Refusals.outOfMemory();
        }
    }

    private static RefusedException refusal(Exception thrown, String what, int number) {
        return switch (thrown) {
            case UnsupportedZipFeatureException ignored -> Refusals.unsupportedMethod(number);
            case AuthenticationException ignored -> KeyRefusals.notAuthentic(number);
            case PgpFault fault -> KeyRefusals.pgp(fault.kind());
            case MemoryNeededException ignored -> Refusals.dictionary(what);
            default -> Refusals.damaged(what);
        };
    }

    private static RuntimeException storage(StoreException failure) {
        boolean replaced = failure instanceof ConflictException || failure instanceof AbsentException;
        return replaced ? Refusals.inputReplaced() : failure;
    }
}
