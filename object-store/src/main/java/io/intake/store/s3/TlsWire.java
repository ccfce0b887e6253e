package io.intake.store.s3;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;

/**
 * TLS as a client, the server's name checked. Many records go onto the wire at once, where {@code SSLSocket} sends each of
 * 16 KiB by itself.
 */
final class TlsWire implements Wire {
    /** Encrypted bytes sent at once. */
    private static final int OUT_BYTES = 160 << 10;

    private final SocketChannel channel;
    private final SSLEngine engine;
    private final ByteBuffer out;
    /** Encrypted bytes that came, ready to be read. */
    private final ByteBuffer in;
    /** Decrypted bytes that nobody has asked for yet, ready to be read. */
    private final ByteBuffer plain;

    private TlsWire(SocketChannel channel, SSLEngine engine) {
        this.channel = channel;
        this.engine = engine;
        int packet = engine.getSession().getPacketBufferSize();
        this.out = ByteBuffer.allocateDirect(OUT_BYTES + packet);
        this.in = ByteBuffer.allocate(2 * packet).flip();
        this.plain = ByteBuffer.allocate(engine.getSession().getApplicationBufferSize())
                .flip();
    }

    /** Agrees with the server on everything. */
    static TlsWire handshake(SSLContext context, SocketChannel channel, String host, int port) throws IOException {
        SSLEngine engine = context.createSSLEngine(host, port);
        engine.setUseClientMode(true);
        SSLParameters parameters = engine.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        engine.setSSLParameters(parameters);
        TlsWire wire = new TlsWire(channel, engine);
        engine.beginHandshake();
        wire.handshake();
        return wire;
    }

    private void handshake() throws IOException {
        ByteBuffer nothing = ByteBuffer.allocate(0);
        while (true) {
            switch (engine.getHandshakeStatus()) {
                case NEED_WRAP -> {
                    wrap(nothing);
                    flush();
                }
                case NEED_UNWRAP, NEED_UNWRAP_AGAIN -> {
                    if (unwrap() < 0) {
                        throw new EOFException("the connection ended while TLS was being agreed on");
                    }
                }
                case NEED_TASK -> {
                    for (Runnable task = engine.getDelegatedTask(); task != null; task = engine.getDelegatedTask()) {
                        task.run();
                    }
                }
                case FINISHED, NOT_HANDSHAKING -> {
                    return;
                }
            }
        }
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            wrap(bytes);
            if (out.position() >= OUT_BYTES) {
                flush();
            }
        }
        flush();
    }

    private void wrap(ByteBuffer bytes) throws IOException {
        SSLEngineResult result = engine.wrap(bytes, out);
        switch (result.getStatus()) {
            case OK -> {}
            case BUFFER_OVERFLOW -> {
                if (out.position() == 0) {
                    throw new SSLException("a record is larger than TLS allows");
                }
                flush();
            }
            case CLOSED, BUFFER_UNDERFLOW -> throw new SSLException("TLS was ended");
        }
    }

    private void flush() throws IOException {
        out.flip();
        while (out.hasRemaining()) {
            channel.write(out);
        }
        out.clear();
    }

    @Override
    public int read(ByteBuffer target) throws IOException {
        while (!plain.hasRemaining()) {
            if (unwrap() < 0) {
                return -1;
            }
            handshake(); // a server may change keys at any time
        }
        int count = Math.min(plain.remaining(), target.remaining());
        target.put(target.position(), plain, plain.position(), count);
        target.position(target.position() + count);
        plain.position(plain.position() + count);
        return count;
    }

    /** Decrypts one record, which may hold no content; negative at the end. */
    private int unwrap() throws IOException {
        while (true) {
            plain.compact();
            SSLEngineResult result;
            try {
                result = engine.unwrap(in, plain);
            } finally {
                plain.flip();
            }
            switch (result.getStatus()) {
                case OK -> {
                    return result.bytesProduced();
                }
                case CLOSED -> {
                    return -1;
                }
                case BUFFER_OVERFLOW -> throw new SSLException("a record is larger than TLS allows");
                case BUFFER_UNDERFLOW -> {
                    in.compact();
                    int count = channel.read(in);
                    in.flip();
                    if (count < 0) {
                        return -1;
                    }
                }
            }
        }
    }

    /** Without a good-bye: it would wait for the other side, and HTTP's lengths tell where an answer ends. */
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
