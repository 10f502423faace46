package io.lastmile.edge.session;

import io.lastmile.wire.ChannelName;
import io.lastmile.wire.hop.HopFrame.Copies;
import io.lastmile.wire.hop.HopFrame.NotHere;
import java.util.List;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A broadcast on its way to devices of this edge: one frame of it, and what is made of that once
 * for all of its recipients. Any thread.
 */
public final class Broadcast {
    /** What is the same for all devices of one kind. It is not the heart's to look into. */
    public interface Encoding {}

    /** Of each topic: two protocol levels, two qualities of service. */
    private static final int KINDS = 4;

    private final Copies frame;
    private final List<ChannelName> channels;
    private final AtomicReferenceArray<@Nullable Encoding> encodings;
    private final Given.Copy copy;

    /** One whose recipients have yet to be told. */
    public Broadcast(Copies frame) {
        this.frame = frame;
        channels = List.copyOf(frame.audience().channels());
        encodings = new AtomicReferenceArray<>(KINDS * (Given.FIRST_CHANNEL + channels.size()));
        copy = new Given.Copy(this, frame.expiresInMs());
    }

    /** What the owner sent. */
    public Copies frame() {
        return frame;
    }

    /** The answer where the session of a recipient is not here. */
    public NotHere notHere(long session) {
        return new NotHere(frame.partition(), frame.epoch(), session, frame.offset());
    }

    /** What each of the recipients is given. */
    Given.Copy copy() {
        return copy;
    }

    /** The channels that its audience names, in their order. */
    List<ChannelName> channels() {
        return channels;
    }

    String topicName(int topic) {
        return switch (topic) {
            case Given.INBOX -> "inbox";
            case Given.INBOX_WITH_ID -> "inbox/" + frame.id();
            default -> ChannelFilter.topicName(channels.get(topic - Given.FIRST_CHANNEL));
        };
    }

    /** What was made for devices of this kind; null where nothing was yet. */
    public @Nullable Encoding encoding(int topic, int level, int qos) {
        return encodings.get(kind(topic, level, qos));
    }

    /** Keeps what was made for devices of this kind. */
    public void keep(int topic, int level, int qos, Encoding encoding) {
        encodings.set(kind(topic, level, qos), encoding);
    }

    private static int kind(int topic, int level, int qos) {
        return KINDS * topic + (level == DeviceHeart.LEVEL_5 ? 2 : 0) + Math.min(qos, 1);
    }
}
