package io.intake.store;

import java.io.IOException;
import java.io.InputStream;

/**
 * An open read. The stream ends where the range ends; an {@link IOException} from it before that means the connection was
 * lost and the rest may be asked for again. Not thread-safe.
 */
public interface ObjectContent extends AutoCloseable {

    /** The object that is being read; its size is the whole object's. */
    ObjectInfo info();

    /** The bytes asked for. */
    InputStream stream();

    /** Drops what was not read. */
    @Override
    void close();
}
