package io.intake.gateway.upload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.intake.bucket.NaturalNaming;
import io.intake.gateway.files.PartnerFiles;
import io.intake.gateway.files.WriteOpening;
import io.intake.gateway.protocol.OpenMode;
import io.intake.gateway.protocol.SftpException;
import io.intake.gateway.upload.StoreFaults.Fault;
import io.intake.store.Content;
import io.intake.store.ObjectStore;
import io.intake.store.PutRequest;
import io.intake.store.memory.InMemoryObjectStore;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Every call to the store fails once in every way that S3 and networks know. What was acknowledged and is not whole is lost;
 * what was not acknowledged and is published is wrong.
 */
class EveryFaultTest {
    private static final int MIB = 1 << 20;
    private static final byte[] EARLIER = bytes(5 * MIB + 1, 1);
    private static final byte[] SMALL = bytes(300_000, 2);
    private static final byte[] LARGE = bytes(6 * MIB + 5, 3);
    private static final byte[] APPENDED = appended();
    private static final OpenMode ANEW = new OpenMode(false, true, false, true, true, false);
    private static final OpenMode GO_ON = new OpenMode(false, true, false, true, false, false);

    private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();

    private static byte[] bytes(int size, long seed) {
        byte[] bytes = new byte[size];
        new Random(seed).nextBytes(bytes);
        return bytes;
    }

    private static byte[] appended() {
        byte[] all = Arrays.copyOf(LARGE, LARGE.length);
        System.arraycopy(EARLIER, 0, all, 0, EARLIER.length);
        return all;
    }

    /** What a client does, and what is there in the end. */
    @SuppressWarnings("ImmutableEnumChecker") // nobody writes to the content
    enum Scenario {
        SMALL_FILE("x", "x", SMALL, false) {
            @Override
            void run(Gateway gateway) throws Exception {
                gateway.put("x", SMALL);
            }
        },
        LARGE_FILE("x", "x", LARGE, false) {
            @Override
            void run(Gateway gateway) throws Exception {
                gateway.put("x", LARGE);
            }
        },
        FILE_THAT_IS_REPLACED("x", "x", LARGE, true) {
            @Override
            void run(Gateway gateway) throws Exception {
                gateway.put("x", LARGE);
            }
        },
        FILE_THAT_IS_ADDED_TO("x", "x", APPENDED, true) {
            @Override
            void run(Gateway gateway) throws Exception {
                gateway.goOn("x", APPENDED);
            }
        },
        LOST_SESSION("x", "x", LARGE, false) {
            @Override
            void run(Gateway gateway) throws Exception {
                gateway.lose("x", ANEW, LARGE, 0, 5 * MIB + 700_009);
                gateway.goOn("x", LARGE);
            }
        },
        SMALL_TEMPORARY_NAME("x.tmp", "x", SMALL, false) {
            @Override
            void run(Gateway gateway) throws Exception {
                gateway.put("x.tmp", SMALL);
                gateway.files.rename("x.tmp", "x", false);
            }
        },
        LARGE_TEMPORARY_NAME("x.tmp", "x", LARGE, false) {
            @Override
            void run(Gateway gateway) throws Exception {
                gateway.put("x.tmp", LARGE);
                gateway.files.rename("x.tmp", "x", false);
            }
        },
        TEMPORARY_NAME_THAT_REPLACES("x.tmp", "x", LARGE, true) {
            @Override
            void run(Gateway gateway) throws Exception {
                gateway.put("x.tmp", LARGE);
                gateway.files.rename("x.tmp", "x", true);
            }
        },
        LOST_TEMPORARY_NAME("x.tmp", "x", LARGE, false) {
            @Override
            void run(Gateway gateway) throws Exception {
                gateway.lose("x.tmp", ANEW, LARGE, 0, 2 * MIB);
                gateway.lose("x.tmp", GO_ON, LARGE, 2 * MIB - 1, 5 * MIB + 800_005);
                gateway.goOn("x.tmp", LARGE);
                gateway.goOn("x.tmp", LARGE);
                gateway.files.rename("x.tmp", "x", false);
            }
        },
        TEMPORARY_NAME_TO_ANOTHER_ONE("x.csv.tmp", "y.csv", LARGE, false) {
            @Override
            void run(Gateway gateway) throws Exception {
                gateway.put("x.csv.tmp", LARGE);
                gateway.files.rename("x.csv.tmp", "y.csv", false);
            }
        };

        final String written;
        final String last;
        final byte[] content;
        final boolean replaces;

        Scenario(String written, String last, byte[] content, boolean replaces) {
            this.written = written;
            this.last = last;
            this.content = content;
            this.replaces = replaces;
        }

        abstract void run(Gateway gateway) throws Exception;
    }

    /** One gateway process with one session. */
    final class Gateway {
        final MemoryBudget budget = new MemoryBudget(32L * MIB);
        final UploadServices services;
        final PartnerFiles files;

        Gateway(ObjectStore store) {
            Partials partials =
                    new Partials(store, _ -> {}, () -> UUID.randomUUID().toString());
            services = new UploadServices(
                    store,
                    partials,
                    budget,
                    new PartSchedule(5 * MIB, 5 * MIB),
                    executor,
                    _ -> {},
                    () -> UUID.randomUUID().toString(),
                    InstantSource.system());
            files = new PartnerFiles(store, partials, new NaturalNaming(), "p", InstantSource.system());
        }

        Upload write(String path, OpenMode mode, byte[] bytes, int from, int to) throws Exception {
            WriteOpening opening = files.openForWriting(path, mode);
            Upload upload = new Upload(services, new Cancellation(), opening.target(), opening.from());
            try {
                upload.open();
                int start = opening.from() == null ? from : (int) upload.size();
                for (int at = start; at < to; at += 261_120) {
                    upload.write(at, ByteBuffer.wrap(bytes, at, Math.min(261_120, to - at)));
                }
                return upload;
            } catch (UploadFailedException | RuntimeException | Error e) {
                UploadEnd ignored = upload.park();
                throw e;
            }
        }

        void put(String path, byte[] bytes) throws Exception {
            end(path, write(path, ANEW, bytes, 0, bytes.length).finish());
        }

        void goOn(String path, byte[] bytes) throws Exception {
            end(path, write(path, GO_ON, bytes, 0, bytes.length).finish());
        }

        private void end(String path, UploadEnd end) {
            files.ended(path, end instanceof UploadEnd.Published);
        }

        void lose(String path, OpenMode mode, byte[] bytes, int from, int to) throws Exception {
            end(path, write(path, mode, bytes, from, to).park());
        }

        long size(String path) throws SftpException {
            try {
                Long size = files.attributes(path).size();
                return size == null ? -1 : size;
            } catch (SftpException absent) {
                return -1;
            }
        }

        List<String> names() throws SftpException {
            List<String> names = new ArrayList<>();
            var listing = files.list("/inbound");
            for (var next = listing.next(); next.isPresent(); next = listing.next()) {
                names.add(next.get().name());
            }
            return names;
        }
    }

    @AfterEach
    void stop() {
        executor.close();
    }

    @ParameterizedTest
    @EnumSource
    void whateverFailsTheFileIsWholeOrCanBeGoneOnWith(Scenario scenario) throws Exception {
        int calls = calls(scenario);
        for (Fault fault : Fault.values()) {
            for (int at = 1; at <= calls; at++) {
                check(scenario, fault, at, scenario != Scenario.FILE_THAT_IS_ADDED_TO && at % 3 == 0);
            }
        }
    }

    private int calls(Scenario scenario) throws Exception {
        InMemoryObjectStore twin = bucket(scenario);
        StoreFaults faults = new StoreFaults(twin, Fault.FAILS, Integer.MAX_VALUE);
        scenario.run(new Gateway(faults.store()));
        assertThat(published(twin)).containsOnlyKeys("inbound/p/" + scenario.last);
        assertThat(twin.snapshot()).hasSize(1);
        twin.assertNoOpenUploads();
        return faults.calls();
    }

    private static InMemoryObjectStore bucket(Scenario scenario) {
        InMemoryObjectStore twin = new InMemoryObjectStore(InstantSource.system());
        if (scenario.replaces) {
            twin.put(PutRequest.of("inbound/p/" + scenario.last, Content.of(EARLIER), "application/octet-stream"));
        }
        return twin;
    }

    private void check(Scenario scenario, Fault fault, int at, boolean anew) throws Exception {
        InMemoryObjectStore twin = bucket(scenario);
        StoreFaults faults = new StoreFaults(twin, fault, at);
        Gateway gateway = new Gateway(faults.store());
        String what = scenario + ", " + fault + " at call " + at;
        boolean acknowledged = false;
        try {
            scenario.run(gateway);
            acknowledged = true;
        } catch (Exception | StoreFaults.Killed e) {
            what += " (" + faults.method() + "): " + e;
        }
        faults.settle();
        assertThat(faults.isDead() || gateway.budget.used() == 0).as(what).isTrue();
        byte[] there = published(twin).get("inbound/p/" + scenario.last);
        boolean whole = Arrays.equals(there, scenario.content);
        assertThat(whole || (!acknowledged && Arrays.equals(there, scenario.replaces ? EARLIER : null)))
                .as(what)
                .isTrue();
        assertThat(published(twin).keySet()).as(what).isSubsetOf("inbound/p/" + scenario.last);

        Gateway next = new Gateway(twin);
        if (!acknowledged) {
            assertNothingUnderTheFinalName(scenario, next, whole, what);
            try {
                tryAgain(scenario, next, whole, anew);
            } catch (Exception e) {
                throw new AssertionError(what, e);
            }
        }
        assertThat(Arrays.equals(published(twin).get("inbound/p/" + scenario.last), scenario.content))
                .as(what)
                .isTrue();
        assertThat(published(twin)).as(what).containsOnlyKeys("inbound/p/" + scenario.last);
        assertThat(next.names()).as(what).containsExactly(scenario.last);
        next.files.remove(scenario.last);
        assertThat(next.names()).as("nothing comes back: " + what).isEmpty();
    }

    private static void assertNothingUnderTheFinalName(Scenario scenario, Gateway next, boolean whole, String what)
            throws SftpException {
        if (!scenario.written.equals(scenario.last) && !whole) {
            assertThat(next.size(scenario.last)).as(what).isEqualTo(scenario.replaces ? EARLIER.length : -1);
        }
    }

    /** What a client does after a failure: goes on with what it finds, or begins anew; then renames. */
    private static void tryAgain(Scenario scenario, Gateway next, boolean whole, boolean anew) throws Exception {
        long size = next.size(scenario.written);
        boolean renamed = !scenario.written.equals(scenario.last);
        if (renamed && size < 0) {
            try {
                // the answer to the rename may be what was lost
                next.files.rename(scenario.written, scenario.last, true);
                return;
            } catch (SftpException notThere) {
                if (whole) {
                    return;
                }
            }
        }
        // what is there of a file that is replaced may be the earlier one
        if (size < 0 || anew || scenario == Scenario.FILE_THAT_IS_REPLACED) {
            next.put(scenario.written, scenario.content);
        } else if (size < scenario.content.length || renamed) {
            next.goOn(scenario.written, scenario.content);
        }
        if (renamed) {
            next.files.rename(scenario.written, scenario.last, true);
        }
    }

    /** What jobs may be opened for. */
    private static Map<String, byte[]> published(InMemoryObjectStore twin) {
        Map<String, byte[]> published = twin.snapshot();
        published
                .keySet()
                .removeIf(key -> !key.startsWith("inbound/")
                        || twin.head(key)
                                .flatMap(object -> io.intake.bucket.Withheld.mark("p", key, object.metadata()))
                                .flatMap(twin::head)
                                .isPresent());
        return published;
    }

    @org.junit.jupiter.api.Test
    void aKilledProcessCallsNothingAnyMore() {
        StoreFaults faults = new StoreFaults(new InMemoryObjectStore(InstantSource.system()), Fault.KILLED_BEFORE, 1);
        assertThatThrownBy(() -> faults.store().head("x")).isInstanceOf(StoreFaults.Killed.class);
        assertThatThrownBy(() -> faults.store().head("x")).isInstanceOf(StoreFaults.Killed.class);
    }
}
