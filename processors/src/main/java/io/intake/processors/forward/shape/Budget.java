package io.intake.processors.forward.shape;

/**
 * How much may be done for one record: what ends a template that loops in loops, always at the same place whatever machine it
 * runs on. Of one thread.
 */
final class Budget {
    /** Repetitions of a block. */
    static final int ROUNDS = 1_000_000;

    /** Characters that pass through blocks and values, those of inner blocks once a level. */
    static final long CHARACTERS = 64L << 20;

    private static final ThreadLocal<Budget> CURRENT = new ThreadLocal<>();

    private int rounds;
    private long characters;

    /** More than one record may cost. */
    static final class Spent extends RuntimeException {
        private static final long serialVersionUID = 1;

        Spent() {
            super("a record's shape takes too much", null, false, false);
        }
    }

    /** Begins with a record. */
    static void begin() {
        CURRENT.set(new Budget());
    }

    /** Ends with it. */
    static void end() {
        CURRENT.remove();
    }

    static void round() {
        Budget budget = CURRENT.get();
        if (budget != null && ++budget.rounds > ROUNDS) {
            throw new Spent();
        }
    }

    static void characters(int count) {
        Budget budget = CURRENT.get();
        if (budget != null) {
            budget.characters += count;
            if (budget.characters > CHARACTERS) {
                throw new Spent();
            }
        }
    }
}
