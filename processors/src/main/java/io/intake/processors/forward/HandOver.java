package io.intake.processors.forward;

import io.intake.config.Engine;
import io.intake.config.Target;
import io.intake.processors.forward.EngineAnswer.Unavailable;
import io.intake.processors.job.Job;
import io.intake.store.ObjectInfo;
import org.jspecify.annotations.Nullable;

/**
 * Gives one kind of engine whole objects instead of batches: first each object, in pieces that end with a checkpoint, then
 * what says that all is there. Any of them may come again after a crash and must then have the same effect. Thread-safe.
 *
 * @param <T> the kind of engine
 */
public interface HandOver<T extends Target> extends AutoCloseable {

    /** What an object holds. */
    enum Form {
        /** A file that is delivered as it is. */
        FILE,
        /** Records of a table as lines of JSON, which are counted already. */
        LINES,
        /** A table's delimited rows. */
        ROWS
    }

    /**
     * What is next.
     *
     * @param number of the object within its job, from 0
     * @param table its table's name, or the file's where files are delivered as they are; not for logs
     * @param object in our bucket
     * @param offset how far it was handed over, in bytes; 0 at its beginning
     * @param row how many of its records were; of lines, how many it has
     */
    record Piece(Job job, int number, String table, ObjectInfo object, Form form, long offset, long row) {
        /** What the object counts for when all of it is there: a file's one, while the lines of a table are counted already. */
        public int files() {
            return form == Form.FILE ? 1 : 0;
        }
    }

    /** What came of a piece. */
    sealed interface Handed {
        /**
         * The object has more.
         *
         * @param offset how far it was handed over now; before where it was if what was there is gone
         * @param records in what is there by itself now; 0 if that is part of an object that is not whole yet
         * @param reference by which it is found there; null where there is none
         */
        record More(long offset, int records, @Nullable String reference) implements Handed {
            public More(long offset, int records) {
                this(offset, records, null);
            }
        }

        /**
         * The object, or all of it, is there.
         *
         * @param reference by which it is found there; null where there is none
         */
        record Done(int records, @Nullable String reference) implements Handed {
            public Done(int records) {
                this(records, null);
            }
        }

        /** Nothing has come of it. */
        record Not(Unavailable answer) implements Handed {}
    }

    /** Hands over the next piece of an object; never throws for what the engine or the network does. */
    Handed hand(Engine engine, T target, Piece piece);

    /** Whether an engine is told when all objects of a job are there. */
    default boolean hasEnd(T target) {
        return true;
    }

    /** Says that all objects of a job are there. */
    Handed finish(Engine engine, T target, Job job);

    /** Some records of a table as lines of JSON, from an offset on, which is where a record begins. */
    @FunctionalInterface
    interface RowReader {
        Rows read(String key, long offset);
    }

    /**
     * Records of a table.
     *
     * @param lines with their newlines
     * @param end where the next one begins
     * @param last whether there are no more
     */
    record Rows(byte[] lines, int records, long end, boolean last) {}

    @Override
    void close();
}
