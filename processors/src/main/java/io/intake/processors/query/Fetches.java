package io.intake.processors.query;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * Reads many small objects at once and hands them on one after another, in the order in which they were asked for. No more
 * than a window of them is ever under way or waiting to be handed on, so that memory does not grow with their number. Pure but
 * for the threads.
 */
final class Fetches {
    private Fetches() {}

    /**
     * Reads what is named.
     *
     * @param names in order; taken as there is room
     * @param read may be called by several threads at once; empty for what is gone
     * @param sink gets what was read, by the calling thread; false to stop
     * @param window how many reads are under way at most
     * @throws RuntimeException the first that a read threw
     */
    static <T> void each(Iterator<String> names, Function<String, Optional<T>> read, Predicate<T> sink, int window) {
        Deque<Future<Optional<T>>> underWay = new ArrayDeque<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            try {
                while (true) {
                    while (underWay.size() < window && names.hasNext()) {
                        String name = names.next();
                        underWay.add(threads.submit(() -> read.apply(name)));
                    }
                    Future<Optional<T>> first = underWay.poll();
                    if (first == null) {
                        return;
                    }
                    Optional<T> value = await(first);
                    if (value.isPresent() && !sink.test(value.get())) {
                        return;
                    }
                }
            } finally {
                underWay.forEach(each -> each.cancel(true));
            }
        }
    }

    private static <T> T await(Future<T> future) {
        try {
            return future.get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            throw new IllegalStateException("a read failed", failed.getCause());
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while reading", stopped);
        }
    }
}
