package io.lastmile.edge.session;

import io.lastmile.wire.ChannelName;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a device's credentials say of channels. It lives as long as the connection, so it is two
 * texts, in which a space stands between names.
 *
 * @param subscribe the channels that it may subscribe to; one that ends in {@code *} means all that
 *     begin so
 * @param join the channels that it is in while it is subscribed to its inbox
 */
public record ChannelRights(String subscribe, String join) {
    /** Nothing is said. */
    public static final ChannelRights NONE = new ChannelRights("", "");

    private static final String BETWEEN = " ";

    /**
     * Those of two lists.
     *
     * @throws IllegalArgumentException naming the entry that is neither a channel nor, to subscribe
     *     to, the beginning of one
     */
    public static ChannelRights of(List<String> subscribe, List<String> join) {
        for (String pattern : subscribe) {
            if (!isPattern(pattern)) {
                throw new IllegalArgumentException(
                        "channels: '"
                                + pattern
                                + "' is no channel, nor a channel with * at its end");
            }
        }
        for (String name : join) {
            if (!ChannelName.isValid(name)) {
                throw new IllegalArgumentException("join: '" + name + "' is no channel");
            }
        }
        return new ChannelRights(
                String.join(BETWEEN, subscribe),
                String.join(BETWEEN, join.stream().distinct().toList()));
    }

    private static boolean isPattern(String text) {
        return text.endsWith("*")
                ? text.length() == 1 || isBeginning(text.substring(0, text.length() - 1))
                : ChannelName.isValid(text);
    }

    /** Whether a channel may begin so; a dot alone is none, and begins some. */
    private static boolean isBeginning(String text) {
        return text.length() < ChannelName.LENGTH_MAX && ChannelName.isValid("a" + text);
    }

    boolean isNone() {
        return subscribe.isEmpty() && join.isEmpty();
    }

    /** Whether the device may subscribe to it. */
    boolean allows(ChannelName channel) {
        return words(subscribe).anyMatch(pattern -> matches(pattern, channel.value()));
    }

    private static boolean matches(String pattern, String name) {
        return pattern.endsWith("*")
                ? name.startsWith(pattern.substring(0, pattern.length() - 1))
                : name.equals(pattern);
    }

    /** The channels that it joins. */
    List<ChannelName> joins() {
        return words(join).map(ChannelName::new).toList();
    }

    private static Stream<String> words(String text) {
        return text.isEmpty() ? Stream.empty() : Stream.of(text.split(BETWEEN));
    }
}
