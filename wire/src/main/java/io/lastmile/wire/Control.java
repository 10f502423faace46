package io.lastmile.wire;

/** What a record of messages says that is no message itself; it gets no receipt. */
public sealed interface Control {
    /** Takes back an unsettled message of the device. */
    record Cancel(MessageId id) implements Control {}

    /** The device is in this channel from here on. */
    record Join(ChannelName channel, MemberSource source) implements Control {}

    /** The device is not in this channel any more, as far as that source goes. */
    record Leave(ChannelName channel, MemberSource source) implements Control {}
}
