package io.intake.gateway;

import io.intake.gateway.sftp.ChannelWindows;
import java.io.IOException;
import java.util.List;
import org.apache.sshd.common.channel.Channel;
import org.apache.sshd.common.channel.ChannelFactory;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.core.CoreModuleProperties;
import org.jspecify.annotations.Nullable;

/** Gives each channel that another factory makes the window that there is room for now. Thread-safe. */
final class WindowedChannels implements ChannelFactory {
    private final ChannelFactory inner;
    private final ChannelWindows windows;

    private WindowedChannels(ChannelFactory inner, ChannelWindows windows) {
        this.inner = inner;
        this.windows = windows;
    }

    static List<ChannelFactory> all(List<? extends ChannelFactory> factories, ChannelWindows windows) {
        return factories.stream()
                .<ChannelFactory>map(factory -> new WindowedChannels(factory, windows))
                .toList();
    }

    @Override
    public String getName() {
        return inner.getName();
    }

    /** Null where the other factory refuses. */
    @Override
    public @Nullable Channel createChannel(Session session) throws IOException {
        Channel channel = inner.createChannel(session);
        if (channel != null) {
            // before MINA reads it, which is when it initialises the channel
            CoreModuleProperties.WINDOW_SIZE.set(channel, (long) windows.open());
            channel.addCloseFutureListener(_ -> windows.close());
        }
        return channel;
    }
}
