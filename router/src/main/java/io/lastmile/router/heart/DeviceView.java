package io.lastmile.router.heart;

import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MessageId;
import io.lastmile.wire.record.MemberRecord;
import io.lastmile.wire.record.ParkedRecord;
import io.lastmile.wire.record.PresenceRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A device as its owner sees it at one moment, for questions about state.
 *
 * @param presence null while it is offline
 * @param unsettled its messages, in offset order
 * @param channels that it is in, by name, and by which sources
 */
public record DeviceView(
        DeviceId device,
        @Nullable PresenceRecord presence,
        List<MessageView> unsettled,
        List<MemberRecord.Membership> channels) {
    public DeviceView {
        unsettled = List.copyOf(unsettled);
        channels = List.copyOf(channels);
    }

    /**
     * One unsettled message.
     *
     * @param parked whether the durable inbox has it
     * @param inFlight whether it was given to a session and is not acknowledged
     */
    public record MessageView(
            DeviceId device, long offset, ParkedRecord facts, boolean parked, boolean inFlight) {
        static MessageView of(Entry entry) {
            return new MessageView(
                    entry.device.id,
                    entry.offset,
                    entry.parkedRecord(),
                    entry.isParked(),
                    entry.isInFlight());
        }
    }

    /** Its unsettled message of that id. */
    public Optional<MessageView> unsettled(MessageId id) {
        return unsettled.stream().filter(message -> message.facts().id().equals(id)).findFirst();
    }

    static DeviceView of(Device device) {
        OpenSession session = device.session();
        Member member = device.member();
        List<MessageView> unsettled = new ArrayList<>(device.inbox.size());
        for (Entry entry : device.inbox.values()) {
            unsettled.add(MessageView.of(entry));
        }
        return new DeviceView(
                device.id,
                session == null ? null : session.presence(device.awaitedIds()),
                unsettled,
                member == null ? List.of() : member.record().memberships());
    }
}
