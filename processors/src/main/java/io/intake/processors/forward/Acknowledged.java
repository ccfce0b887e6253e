package io.intake.processors.forward;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Records that an engine has acknowledged together, or an object that it has whole: a line of the delivery log. Holds no PHI: of
 * a table, whose name can be a file's, there is the number.
 *
 * @param number of the acknowledgement, from 1 through the whole job
 * @param batch the number of the batch that they are of, from 1
 * @param object the number, from 0, of what was delivered: in the order of the job's deliveries
 * @param first the number of the first record within its table, from 0
 * @param records how many
 * @param key the idempotency key under which they were sent; null of an object, which is known by its name there
 * @param reference by which the engine's people find them, of an object in a bucket its ETag; null where there is none
 * @param at when the engine's answer came
 * @param attempts how often they were sent, as far as is known
 */
public record Acknowledged(
        int number,
        int batch,
        int object,
        long first,
        long records,
        @Nullable String key,
        @Nullable String reference,
        Instant at,
        int attempts) {}
