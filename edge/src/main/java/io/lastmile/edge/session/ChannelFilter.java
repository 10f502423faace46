package io.lastmile.edge.session;

import io.lastmile.wire.ChannelName;
import org.jspecify.annotations.Nullable;

/** The topic filters of channels, {@code channels/<name>}, which are also their topics. */
final class ChannelFilter {
    private static final String PREFIX = "channels/";

    private ChannelFilter() {}

    static String topicName(ChannelName channel) {
        return PREFIX + channel;
    }

    /** Whether the filter is meant for a channel. */
    static boolean isMeant(String topicFilter) {
        return topicFilter.startsWith(PREFIX);
    }

    /** The channel of that filter; null where it names none. */
    static @Nullable ChannelName channel(String topicFilter) {
        if (!isMeant(topicFilter)) {
            return null;
        }
        String name = topicFilter.substring(PREFIX.length());
        return ChannelName.isValid(name) ? new ChannelName(name) : null;
    }
}
