package io.intake.gateway.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.gateway.FaultyStore;
import io.intake.store.AbsentException;
import io.intake.store.Content;
import io.intake.store.PermanentStoreException;
import io.intake.store.PutRequest;
import io.intake.store.ReadRequest;
import io.intake.store.TransientStoreException;
import io.intake.store.memory.InMemoryObjectStore;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An alarm that watches a name which nobody counts under never rings. */
class GatewayMetricsTest {
    private final GatewayMetrics metrics = new GatewayMetrics();

    @AfterEach
    void close() {
        metrics.close();
    }

    @Test
    void instrumentsHaveTheNamesAndLabelsThatAreDocumented() {
        PartnerMeters partner = metrics.partner("mercy");
        partner.received(100);
        partner.sent(50);
        partner.uploaded("published", 100);
        partner.uploaded("parked", 30);
        partner.uploaded("failed", 7);
        partner.downloaded("closed");
        metrics.closed(Duration.ofMillis(30));
        metrics.login("mercy", "accepted", "publickey", null);
        metrics.connectionAdmitted();
        metrics.connectionRefused();
        metrics.barred();
        metrics.reloaded("refused");
        metrics.requestFailed("open", "no_such_file");
        metrics.gauge("intake.gateway.some", "bytes", "for the test", () -> 4);
        assertThat(metrics.scrape().lines().toList())
                .contains(
                        "intake_gateway_received_bytes_total{partner=\"mercy\"} 100.0",
                        "intake_gateway_sent_bytes_total{partner=\"mercy\"} 50.0",
                        "intake_gateway_published_bytes_total{partner=\"mercy\"} 100.0",
                        "intake_gateway_parked_bytes_total{partner=\"mercy\"} 30.0",
                        "intake_gateway_uploads_total{outcome=\"published\",partner=\"mercy\"} 1.0",
                        "intake_gateway_uploads_total{outcome=\"failed\",partner=\"mercy\"} 1.0",
                        "intake_gateway_downloads_total{outcome=\"closed\",partner=\"mercy\"} 1.0",
                        "intake_gateway_close_seconds_bucket{le=\"0.025\"} 0",
                        "intake_gateway_close_seconds_bucket{le=\"0.05\"} 1",
                        "intake_gateway_close_seconds_bucket{le=\"300.0\"} 1",
                        "intake_gateway_close_seconds_count 1",
                        "intake_gateway_logins_total{method=\"publickey\",outcome=\"accepted\",partner=\"mercy\","
                                + "reason=\"none\"} 1.0",
                        "intake_gateway_connections_total{outcome=\"admitted\"} 1.0",
                        "intake_gateway_connections_total{outcome=\"refused\"} 1.0",
                        "intake_gateway_login_bans_total 1.0",
                        "intake_gateway_configuration_reloads_total{outcome=\"refused\"} 1.0",
                        "intake_gateway_configuration_reloads_total{outcome=\"applied\"} 0.0",
                        "intake_gateway_request_failures_total{request=\"open\",status=\"no_such_file\"} 1.0",
                        "intake_gateway_some_bytes 4.0");
    }

    @Test
    void theJvmIsMeasuredToo() {
        assertThat(metrics.scrape())
                .contains("jvm_memory_used_bytes{area=\"heap\"")
                .contains("jvm_buffer_memory_used_bytes{id=\"direct\"")
                .contains("jvm_threads_live_threads ")
                .contains("process_cpu_usage ")
                .contains("process_files_open_files ");
    }

    @Test
    void callsOfTheStoreAreTimedAndTheirFailuresCountedByKind() {
        FaultyStore faulty = new FaultyStore(new InMemoryObjectStore(InstantSource.system()));
        AtomicLong nanos = new AtomicLong();
        AtomicInteger answered = new AtomicInteger();
        MeteredObjectStore store =
                new MeteredObjectStore(faulty, metrics, answered::incrementAndGet, () -> nanos.getAndAdd(20_000_000));
        store.put(PutRequest.of("k", Content.of(new byte[10]), "text/plain"));
        assertThat(store.head("k")).isPresent();
        assertThatThrownBy(() -> store.read(ReadRequest.whole("none"))).isInstanceOf(AbsentException.class);
        assertThat(answered)
                .as("a refusal that is part of the contract is an answer")
                .hasValue(3);
        faulty.plan("head", FaultyStore.failBefore(() -> new TransientStoreException("head", "k", "503", null)));
        faulty.plan("head", FaultyStore.failBefore(() -> new PermanentStoreException("head", "k", "403", null)));
        assertThatThrownBy(() -> store.head("k")).isInstanceOf(TransientStoreException.class);
        assertThatThrownBy(() -> store.head("k")).isInstanceOf(PermanentStoreException.class);
        assertThat(answered).hasValue(3);
        List<String> lines = metrics.scrape().lines().toList();
        assertThat(lines)
                .contains(
                        "intake_s3_request_seconds_bucket{operation=\"put\",le=\"0.01\"} 0",
                        "intake_s3_request_seconds_bucket{operation=\"put\",le=\"0.025\"} 1",
                        "intake_s3_request_seconds_count{operation=\"head\"} 3",
                        "intake_s3_errors_total{kind=\"absent\",operation=\"read\"} 1.0",
                        "intake_s3_errors_total{kind=\"transient\",operation=\"head\"} 1.0",
                        "intake_s3_errors_total{kind=\"permanent\",operation=\"head\"} 1.0");
    }

    @Test
    void countingBytesAllocatesNothing() {
        PartnerMeters partner = metrics.partner("mercy");
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        int writes = 100_000;
        for (int i = 0; i < writes; i++) {
            partner.received(32_768);
        }
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < writes; i++) {
            partner.received(32_768);
        }
        long each = (threads.getCurrentThreadAllocatedBytes() - before) / writes;
        assertThat(each).as("bytes allocated per WRITE").isZero();
    }
}
