package io.intake.store;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** A patient's name in a log line is a breach that has to be reported. */
class KeyRedactionTest {

    @Test
    void whatAPartnerNamedIsCutOff() {
        assertThat(KeyRedaction.redact("inbound/st-marys/Jane_Doe/chart.pdf")).isEqualTo("inbound/st-marys/...");
        assertThat(KeyRedaction.redact("outbound/st-marys/receipts/Jane.txt")).isEqualTo("outbound/st-marys/...");
        assertThat(KeyRedaction.redact("uploads/st-marys/Jane.zip")).isEqualTo("uploads/st-marys/...");
    }

    @Test
    void ourOwnKeysStay() {
        for (String key : new String[] {
            "jobs/0a1b/job.json",
            "tasks/unzip/0a1b/000001.json",
            "aws/lambda/async/x.json",
            "quarantine/0a1b/reason.json",
            "config/partners.yml"
        }) {
            assertThat(KeyRedaction.redact(key)).isEqualTo(key);
        }
    }

    @Test
    void keysThatFitNothingKeepNothingThatCouldBeAName() {
        assertThat(KeyRedaction.redact("Jane_Doe.zip")).isEqualTo("...");
        assertThat(KeyRedaction.redact("inbound/Jane_Doe.zip")).isEqualTo("inbound/...");
        assertThat(KeyRedaction.redact("")).isEqualTo("...");
        assertThat(KeyRedaction.redact("inbound/")).isEqualTo("inbound/...");
        assertThat(KeyRedaction.redact("jobs")).isEqualTo("...");
    }

    @Test
    void everyKindOfStoreExceptionRedacts() {
        String key = "inbound/st-marys/Jane_Doe.zip";
        for (StoreException e : new StoreException[] {
            new AbsentException("head", key, "gone", null),
            new AlreadyPresentException("put", key, "there", null),
            new ConflictException("put", key, "changed", null),
            new RangeException("read", key, "behind", null),
            new TransientStoreException("read", key, "late", null),
            new PermanentStoreException("read", key, "no", null)
        }) {
            assertThat(e.getMessage()).contains("inbound/st-marys/...").doesNotContain("Jane");
            assertThat(e.key()).isEqualTo(key);
        }
    }
}
