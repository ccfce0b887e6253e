package io.intake.gateway.upload;

import org.jspecify.annotations.Nullable;

/**
 * An upload that was put aside to free its memory, while its session goes on.
 *
 * @param from what to go on from; null if nothing of it is stored
 * @param last the bytes behind that, at most one
 * @param size what the client has written, in bytes
 */
record Resting(@Nullable Resumption from, byte[] last, long size) {}
