package io.intake.processors;

/**
 * What starts a function.
 *
 * @param key of the object that was created; empty for the schedule's
 * @param requestId kept when Lambda tries again
 * @param due when it is delivered, in milliseconds of the simulation
 * @param attempt from 1
 */
record SimulatedEvent(String key, String requestId, long due, int attempt) {
    SimulatedEvent again(long later) {
        return new SimulatedEvent(key, requestId, later, attempt + 1);
    }

    SimulatedEvent at(long later) {
        return new SimulatedEvent(key, requestId, later, attempt);
    }

    /** The function that it starts. */
    String function() {
        if (key.isEmpty()) {
            return "sweep";
        }
        if (key.startsWith("inbound/")) {
            return "intake";
        }
        if (key.startsWith("tasks/")) {
            return key.split("/", 3)[1];
        }
        return "page";
    }
}
