package io.intake.processors.join;

import io.intake.bucket.BucketLayout;
import io.intake.processors.Records;
import io.intake.processors.Records.Versioned;
import java.util.ArrayList;
import java.util.List;

/** What was seen of chunks, in the bucket: it holds keys of rows, which have no place in a task's own records. Thread-safe. */
final class Surveys {
    private final Records records;

    Surveys(Records records) {
        this.records = records;
    }

    /** Writes a survey unless it is there; racing invocations make the same. */
    void put(String job, int step, Survey survey) {
        records.create(BucketLayout.joinSurvey(job, step, survey.chunk()), survey);
    }

    /** Those of a step's first chunks that were written, up to the first that was not, or whose rows are in no order. */
    List<Survey> all(String job, int step, int chunks) {
        List<Survey> found = new ArrayList<>();
        while (found.size() < chunks) {
            Survey next = records.find(BucketLayout.joinSurvey(job, step, found.size()), Survey.class)
                    .map(Versioned::value)
                    .orElse(null);
            if (next == null || next.orders().isEmpty()) {
                break;
            }
            found.add(next);
        }
        return found;
    }
}
