package io.intake.store.s3;

import io.intake.store.ObjectContent;
import io.intake.store.ObjectInfo;
import java.io.IOException;
import java.io.InputStream;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/** An open GET. */
final class S3Content implements ObjectContent {
    private final ObjectInfo info;
    private final ResponseInputStream<GetObjectResponse> response;
    private final Body body;

    /** @param length of the body, in bytes */
    S3Content(ObjectInfo info, ResponseInputStream<GetObjectResponse> response, long length) {
        this.info = info;
        this.response = response;
        this.body = new Body(length);
    }

    @Override
    public ObjectInfo info() {
        return info;
    }

    @Override
    public InputStream stream() {
        return body;
    }

    @Override
    public void close() {
        if (body.remaining > 0) {
            // closing would read the rest, which may be gigabytes, to keep one connection
            response.abort();
            return;
        }
        try {
            response.close();
        } catch (IOException | SdkException _) {
            // everything asked for has been read
            response.abort();
        }
    }

    /**
     * Counts what arrives: a connection that ends early must never look like the end of the object, and not every HTTP client
     * below notices.
     */
    private final class Body extends InputStream {
        private long remaining;

        Body(long length) {
            this.remaining = length;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int count) throws IOException {
            int n;
            try {
                // once more behind the last byte, too: there the SDK compares the checksum
                n = response.read(target, offset, count);
            } catch (SdkException e) {
                throw S3Exceptions.lostConnection(e);
            }
            if (n < 0 && remaining > 0) {
                throw new IOException("the connection ended " + remaining + " bytes early");
            }
            remaining -= Math.max(n, 0);
            return n;
        }

        @Override
        public int available() throws IOException {
            return response.available();
        }

        @Override
        public void close() {
            S3Content.this.close();
        }
    }
}
