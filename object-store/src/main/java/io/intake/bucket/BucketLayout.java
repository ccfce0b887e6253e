package io.intake.bucket;

/**
 * The keys of the bucket. Prefixes decide who may touch what and what raises an event, so every key is made here.
 *
 * <p>{@code job} is a job's id, {@code number} a task's number in its stage.
 */
public final class BucketLayout {
    public static final String INBOUND = "inbound/";
    public static final String OUTBOUND = "outbound/";
    public static final String UPLOADS = "uploads/";
    /**
     * Resume records and tails of uploads whose session was lost. Not under {@link #UPLOADS}, so that a lifecycle rule, which
     * knows prefixes only, can expire them without touching files with temporary names.
     */
    public static final String PARKED = "parked/";

    public static final String TASKS = "tasks/";
    public static final String JOBS = "jobs/";
    /**
     * Where Lambda writes the records of invocations that failed for good. AWS decides the prefix (AWS Lambda Developer
     * Guide, "Capturing records of Lambda asynchronous invocations").
     */
    public static final String FAILURES = "aws/lambda/async/";

    /** What is remembered of a feed from file to file: sizes that are usual, bytes that were sent. */
    public static final String FEEDS = "feeds/";

    public static final String QUARANTINE = "quarantine/";
    /** Marks of uploads that have their job, by day, so that a sweep need not ask for each. */
    public static final String TAKEN = "taken/";
    /** Marks of sets of files that are open: what a sweep looks at. */
    public static final String OPEN_SETS = "open-sets/";
    /** Marks of jobs that wait for a person's decision: what is looked through to find them. */
    public static final String HELD = "held/";
    /** Who did what by the operator's command. */
    public static final String AUDIT = "audit/";
    /** What is known of each engine by those who send to it: its state, who may send, who waits. */
    public static final String ENGINES = "engines/";
    /** How far the sweep has looked through the uploads, where it does not get through them in one go. */
    public static final String SWEEP_CURSOR = "sweep/inbound.json";

    /** What is known of incidents: one record for each cause. */
    public static final String INCIDENTS = "incidents/open/";
    /** Marks of jobs whose feed is paused, in the order of their uploads within a feed. */
    public static final String PAUSED = "paused/";
    /** Marks of uploads that are not ready yet, and of those that say which are: what a sweep looks at. */
    public static final String AWAITED = "awaited/";
    /** How far jobs had got when the sweep last looked. */
    public static final String WATCHED = "sweep/watched.json";
    /** When the sweep last came to its end. */
    public static final String HEARTBEAT = "sweep/heartbeat.json";

    /**
     * The key of the hashes that stand for names of files in other keys. Under a prefix of its own that no lifecycle rule
     * expires: with another key, what waits would not find what it waits for.
     */
    public static final String HASH_KEY = "hashing/key.json";

    public static final String PARTNERS = "config/partners.yml";

    /** What records are shaped by: an object per template, written by who may write the configuration. */
    public static final String TEMPLATES = "config/templates/";

    private BucketLayout() {}

    /** Whether an engine takes records; absent while it always did. */
    public static String engineState(String engine) {
        return ENGINES + engine + "/state.json";
    }

    /** One of the places of those that may send to an engine at once, from 1. */
    public static String engineSlot(String engine, int number) {
        return ENGINES + engine + "/slots/" + "%03d".formatted(number) + ".json";
    }

    /** How much was sent to an engine lately. */
    public static String engineRate(String engine) {
        return ENGINES + engine + "/rate.json";
    }

    /** The line of the jobs that wait for an engine. */
    public static String engineLine(String engine) {
        return ENGINES + engine + "/waiting/";
    }

    /** The places of a feed's files in the order in which they are delivered. */
    public static String order(String partner, String feed) {
        return FEEDS + partner + "/" + feed + "/order/";
    }

    /** Which of a feed's files is being delivered, where that is one at a time. */
    public static String turn(String partner, String feed) {
        return FEEDS + partner + "/" + feed + "/turn.json";
    }

    /** Some of what an engine has acknowledged of a job, by the number of the object. */
    public static String deliveries(String job, int number) {
        return deliveriesPrefix(job) + "%06d".formatted(number) + ".json";
    }

    /** All {@link #deliveries} of a job. */
    public static String deliveriesPrefix(String job) {
        return JOBS + job + "/deliveries/";
    }

    /** Records that the engine refused, as lines for their sender, in order. */
    public static String refused(String job, int table, long row) {
        return refusedPrefix(job) + "%04d/%015d.ndjson".formatted(table, row);
    }

    /** Everything that the engine refused of a job. */
    public static String refusedPrefix(String job) {
        return JOBS + job + "/refused/";
    }

    /** The template that a job began with: what it sends again means the same, whatever became of the template since. */
    public static String templateOf(String job) {
        return JOBS + job + "/template.json";
    }

    /** The resume records of a folder's unfinished uploads; {@code folder} is an id that tells no name. */
    public static String parkedPrefix(String partner, String folder) {
        return PARKED + partner + "/" + folder + "/";
    }

    /**
     * The mark that an upload has its job.
     *
     * @param day of the upload, as {@code yyyyMMdd}
     * @param upload an id that tells no name
     */
    public static String taken(String day, String upload) {
        return TAKEN + day + "/" + upload;
    }

    /** The record of a set of files that arrive over time; its id tells no name. */
    public static String set(String id) {
        return "sets/" + id + ".json";
    }

    /** The mark that a set is open; all of them are under {@link #OPEN_SETS}. */
    public static String openSet(String id, int generation) {
        return OPEN_SETS + id + "-" + generation;
    }

    /** The state of a job. */
    public static String jobRecord(String job) {
        return JOBS + job + "/job.json";
    }

    /** What the archive holds and what will be done with it. */
    public static String plan(String job) {
        return JOBS + job + "/plan.json";
    }

    /** One unit of work; its creation starts the stage's function. */
    public static String task(Stage stage, String job, int number) {
        return tasks(stage, job) + "%06d".formatted(number) + ".json";
    }

    /** A job's tasks of a stage. */
    public static String tasks(Stage stage, String job) {
        return TASKS + stage.id() + "/" + job + "/";
    }

    /** Which tasks are open at the same time where an archive holds others. */
    public static String nestedRound(String job, int round) {
        return JOBS + job + "/nested/round-" + round + ".json";
    }

    /** What an archive and those within it hold. */
    public static String nestedSpent(String job) {
        return JOBS + job + "/nested/spent.json";
    }

    /** The progress of one task. */
    public static String checkpoint(Stage stage, String job, int number) {
        return JOBS + job + "/checkpoints/" + stage.id() + "/" + "%06d".formatted(number) + ".json";
    }

    /** Written once when a task has done its work; the stage is over when all its tasks have one. */
    public static String done(Stage stage, String job, int number) {
        return donePrefix(stage, job) + "%06d".formatted(number) + ".json";
    }

    /** All {@link #done} marks of a stage. */
    public static String donePrefix(Stage stage, String job) {
        return JOBS + job + "/done/" + stage.id() + "/";
    }

    /** The bytes of an archive's entry, by its number in the plan: an entry's name never becomes a key. */
    public static String entry(String job, int number) {
        return JOBS + job + "/entries/" + "%06d".formatted(number);
    }

    /** What was left of an upload when so many wrappings had been taken off: encryption, or compression around an archive. */
    public static String unwrapped(String job, int wrappings) {
        return JOBS + job + "/unwrapped/" + wrappings;
    }

    /** A stitched table as newline-delimited JSON, by its number in the plan. */
    public static String stitched(String job, int table) {
        return JOBS + job + "/stitched/" + "%04d".formatted(table) + ".ndjson";
    }

    /** Rows of a table that were rejected, as lines for their sender, in order. */
    public static String rejects(String job, int table, int number) {
        return rejectsPrefix(job) + "tables/" + "%04d/%06d.ndjson".formatted(table, number);
    }

    /** Rows that a join left out, as lines for their sender; behind those of the tables. */
    public static String rejectsOfJoin(String job, int node, int partition, int window) {
        return rejectsPrefix(job) + "unmatched/" + "%04d/%06d-%06d.ndjson".formatted(node, partition, window);
    }

    /** The hashes of the unique keys of a stretch of a table, by partition. */
    public static String keys(String job, int table, int chunk) {
        return JOBS + job + "/keys/" + "%04d/%06d".formatted(table, chunk);
    }

    /** Everything that was rejected of a job, in the order in which its sender gets it. */
    public static String rejectsPrefix(String job) {
        return JOBS + job + "/rejects/";
    }

    /** What was handed over to another bucket of an object of a job, from one of its records on. */
    public static String handedOver(String job, int object, long row) {
        return handedOverPrefix(job) + "%06d/%012d.json".formatted(object, row);
    }

    /** All that was handed over of a job. */
    public static String handedOverPrefix(String job) {
        return JOBS + job + "/handover/";
    }

    /** How far the copy of a long object of a job into another bucket is. */
    public static String handOverCopy(String job, int object) {
        return JOBS + job + "/copies/%06d.json".formatted(object);
    }

    /** How a stitched table is to be read that holds delimited rows instead. */
    public static String stitchedForm(String job, int table) {
        return JOBS + job + "/stitched/" + "%04d".formatted(table) + ".form.json";
    }

    /** The same, by the table's own key. */
    public static String formOf(String stitched) {
        return stitched.substring(0, stitched.lastIndexOf('.')) + ".form.json";
    }

    /** What the tasks of one phase of a join work by; phases are numbered from 1. */
    public static String joinPhase(String job, int phase) {
        return JOBS + job + "/join/phases/" + "%04d".formatted(phase) + ".json";
    }

    /** What a join came to: where its records are. */
    public static String joinResult(String job) {
        return JOBS + job + "/join/result.json";
    }

    /** How the rows of a stretch of a table stand, with keys of some of them. */
    public static String joinSurvey(String job, int step, int chunk) {
        return JOBS + job + "/join/surveys/" + "%04d/%06d.json".formatted(step, chunk);
    }

    /** A stretch of a table's rows, sorted by the partition of the join's step that they go to. */
    public static String joinChunk(String job, int step, int chunk) {
        return JOBS + job + "/join/chunks/" + "%04d/%06d".formatted(step, chunk);
    }

    /** Rows of a partition with what the join's step nested in them, window by window. */
    public static String joined(String job, int step, int partition, int window) {
        return JOBS + job + "/join/rows/" + "%04d/%06d-%06d.ndjson".formatted(step, partition, window);
    }

    /** Rows of a joined table that no other row takes, and which are delivered by themselves. */
    public static String unattached(String job, int node, int partition, int window) {
        return JOBS + job + "/join/unattached/" + "%04d/%06d-%06d.ndjson".formatted(node, partition, window);
    }

    /** The mark that a job is held; it may stay a little longer than the job is. */
    public static String held(String job) {
        return HELD + job;
    }

    /** What somebody did by the operator's command. */
    public static String audit(String day, String entry) {
        return AUDIT + day + "/" + entry + ".json";
    }

    /** What an operator decided about a job that was held; a job can be held more than once. */
    public static String decision(String job, int number) {
        return JOBS + job + "/decisions/" + "%06d".formatted(number) + ".json";
    }

    /** How large a feed's files have been lately. */
    public static String feedSizes(String partner, String feed) {
        return FEEDS + partner + "/" + feed + "/sizes.json";
    }

    /** Which numbers a feed's files had lately. */
    public static String feedSequence(String partner, String feed) {
        return FEEDS + partner + "/" + feed + "/sequence.json";
    }

    /** That a feed was sent some bytes; {@code print} is a digest of them. */
    public static String feedSeen(String partner, String feed, String print) {
        return FEEDS + partner + "/" + feed + "/seen/" + print + ".json";
    }

    /** Whether the files that are expected of a feed have come. */
    public static String feedExpected(String partner, String feed) {
        return FEEDS + partner + "/" + feed + "/expect.json";
    }

    /** The marks of files that came of a feed which is expected, in the order of their uploads. */
    public static String feedArrivals(String partner, String feed) {
        return FEEDS + partner + "/" + feed + "/arrived/";
    }

    /** The record of an incident; a cause tells no name. */
    public static String incident(String cause) {
        return INCIDENTS + cause + ".json";
    }

    /** The marks of what an incident is about, all incidents of a cause together. */
    public static String incidentMembers(String cause) {
        return "incidents/members/" + cause + "/";
    }

    /** The marks of a kind about something of a feed's; {@code about} is an id that tells no name. */
    public static String awaitedPrefix(String partner, String feed, String kind, String about) {
        return AWAITED + partner + "/" + feed + "/" + kind + about;
    }

    /** Which upload a marker or a list has said to be ready, by an id of the file that tells no name. */
    public static String announced(String job, String file) {
        return announcedPrefix(job) + file + ".json";
    }

    /** All {@link #announced} by the upload of a job. */
    public static String announcedPrefix(String job) {
        return JOBS + job + "/announced/";
    }

    /** What was said of the upload of a job when it was said to be ready. */
    public static String announcement(String job) {
        return JOBS + job + "/announcement.json";
    }

    /** The mark that a job waits because its feed is paused; {@code order} sorts as the uploads came. */
    public static String paused(String partner, String feed, String order, String job) {
        return PAUSED + partner + "/" + feed + "/" + order + "-" + job;
    }

    /** The mark that a page about a job was left in the outbox. */
    public static String paged(String job, int number) {
        return JOBS + job + "/pages/" + "%06d".formatted(number) + ".json";
    }

    /** Why a job was refused. */
    public static String quarantine(String job) {
        return QUARANTINE + job + "/reason.json";
    }
}
