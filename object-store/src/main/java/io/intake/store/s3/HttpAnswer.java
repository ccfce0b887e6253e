package io.intake.store.s3;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a server answered.
 *
 * @param status as HTTP numbers them
 * @param headers by their names in small letters; of those that come twice, the last
 * @param body all of it
 * @param reusable whether the connection can take another request
 */
record HttpAnswer(int status, Map<String, String> headers, byte[] body, boolean reusable) {
    @Nullable
    String header(String name) {
        return headers.get(name);
    }

    boolean isSuccess() {
        return status / 100 == 2;
    }
}
