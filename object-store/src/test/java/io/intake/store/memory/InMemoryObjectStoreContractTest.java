package io.intake.store.memory;

import io.intake.store.ObjectStore;
import io.intake.store.ObjectStoreContractTest;
import java.time.InstantSource;

/** A twin that is kinder than S3 lets code pass that fails in front of a hospital. */
class InMemoryObjectStoreContractTest extends ObjectStoreContractTest {
    private final InMemoryObjectStore store = new InMemoryObjectStore(InstantSource.system());

    @Override
    protected ObjectStore store() {
        return store;
    }
}
