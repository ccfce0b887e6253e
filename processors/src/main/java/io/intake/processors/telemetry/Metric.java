package io.intake.processors.telemetry;

/**
 * What is measured. A name is what alarms and the dashboard say (deploy/alarms.cjs); a renamed metric is a dead alarm. CloudWatch charges by metric and
 * combination of dimensions, so there are few and none has partner or feed: those are fields of the line, for queries.
 */
public enum Metric {
    /** Files for which a job was opened. */
    FILES_RECEIVED("FilesReceived", Unit.COUNT),
    BYTES_RECEIVED("BytesReceived", Unit.BYTES),
    FILES_DELIVERED("FilesDelivered", Unit.COUNT),
    /** Of the files as they were uploaded. */
    BYTES_DELIVERED("BytesDelivered", Unit.BYTES),
    ROWS_DELIVERED("RowsDelivered", Unit.COUNT),
    /** Rows kept back and reported to the partner. */
    ROWS_REJECTED("RowsRejected", Unit.COUNT),
    FILES_QUARANTINED("FilesQuarantined", Unit.COUNT),
    FILES_UNMATCHED("FilesUnmatched", Unit.COUNT),
    FILES_FAILED("FilesFailed", Unit.COUNT),
    FILES_SKIPPED("FilesSkipped", Unit.COUNT),
    FILES_HELD("FilesHeld", Unit.COUNT),
    /** From the upload, by S3's clock, to the engine's last acknowledgement. */
    DELIVERY_TIME("DeliveryTime", Unit.MILLISECONDS),
    /** How long a job was in the state named by the dimension. */
    TIME_IN_STATE("TimeInState", Unit.MILLISECONDS),
    /** Tries of a job that found the engine named by the dimension out of reach. */
    ENGINE_UNAVAILABLE("EngineUnavailable", Unit.COUNT),
    /** Files that wait for the engine named by the dimension, as a sweep found them. */
    FILES_WAITING("FilesWaiting", Unit.COUNT),
    PAGES_SENT("PagesSent", Unit.COUNT),
    /** Tries that PagerDuty refused or did not answer. */
    PAGES_NOT_SENT("PagesNotSent", Unit.COUNT),
    /** Pages in the outbox, as a sweep found them. */
    PAGES_WAITING("PagesWaiting", Unit.COUNT),
    /** Tasks that are not done, as a sweep found them. */
    TASKS_OPEN("TasksOpen", Unit.COUNT),
    /** How long ago the oldest of the files was uploaded that have such tasks: the age of the backlog. */
    OLDEST_FILE("OldestFile", Unit.SECONDS),
    /** A sweep has looked through everything: the heartbeat. */
    SWEEPS("Sweeps", Unit.COUNT),
    /** What the sweep had to start again: events that were lost, invocations that died. */
    STARTED_AGAIN("StartedAgain", Unit.COUNT);

    /** CloudWatch's names of units. */
    enum Unit {
        COUNT("Count"),
        BYTES("Bytes"),
        SECONDS("Seconds"),
        MILLISECONDS("Milliseconds");

        private final String word;

        Unit(String word) {
            this.word = word;
        }
    }

    private final String id;
    private final Unit unit;

    Metric(String id, Unit unit) {
        this.id = id;
        this.unit = unit;
    }

    /** CloudWatch's name of it. */
    public String id() {
        return id;
    }

    String unit() {
        return unit.word;
    }
}
