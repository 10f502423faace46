package io.lastmile.edge.session;

import io.lastmile.wire.ChannelName;
import io.lastmile.wire.Control;
import io.lastmile.wire.MemberSource;
import org.jspecify.annotations.Nullable;

/**
 * Whether a device is in one channel by one source: as it wants it, and as Kafka has it. There is
 * at most one record of it under way, so that a leave never stands before the join that it ends.
 * One thread.
 *
 * <pre>
 *   wanted   known    under way   what is due
 *   yes      no       no          a join, once its session can be reached
 *   no       yes      no          a leave
 *   any      any      yes         the confirmation
 *   yes      yes      no          nothing
 *   no       no       no          nothing: it is forgotten
 * </pre>
 */
final class Membership {
    private static final byte NOT_SUBSCRIBED = -1;

    private final ChannelName channel;
    private @Nullable Session session; // whose it is; none where it is the device's own
    private final boolean durable;
    private byte qos = NOT_SUBSCRIBED;
    private boolean claimed;
    private boolean wanted;
    private boolean known;
    private boolean underWay;

    private Membership(ChannelName channel, boolean durable) {
        this.channel = channel;
        this.durable = durable;
    }

    /** One that nobody has asked for yet. */
    static Membership of(ChannelName channel, boolean durable) {
        return new Membership(channel, durable);
    }

    /** One of the device's own that an earlier session may have left behind. */
    static Membership ofEarlier(ChannelName channel) {
        Membership membership = new Membership(channel, true);
        membership.known = true;
        return membership;
    }

    ChannelName channel() {
        return channel;
    }

    /** Whether it outlives its session. */
    boolean isDurable() {
        return durable;
    }

    boolean isSubscribed() {
        return qos != NOT_SUBSCRIBED;
    }

    /** Of the subscription. */
    int qos() {
        return qos;
    }

    void subscribe(int atQos) {
        qos = (byte) atQos;
        wanted = true;
    }

    /** It is left, unless the credentials want it. */
    void unsubscribe() {
        qos = NOT_SUBSCRIBED;
        wanted = claimed;
    }

    /** The credentials say that it is in. */
    void claim() {
        claimed = true;
        wanted = true;
    }

    boolean isClaimed() {
        return claimed;
    }

    void unclaim() {
        claimed = false;
        if (!isSubscribed()) {
            drop();
        }
    }

    /** A session has begun: what is of sessions is of this one now, and has yet to be joined. */
    void begin(Session next) {
        if (!durable && wanted) {
            session = next;
            known = false;
            underWay = false;
        }
    }

    /** Whether it has yet to become a session's. */
    boolean isOfNone() {
        return !durable && session == null;
    }

    /** Its session is over, and it with that. */
    void drop() {
        wanted = false;
        known = false;
        underWay = false;
    }

    /** Whether it can be wanted again: one of a session that ends is only left. */
    boolean isCurrent() {
        return session == null || !session.isEnding();
    }

    /** Whether Kafka has what is wanted. */
    boolean isSettled() {
        return !underWay && wanted == known;
    }

    boolean isOver() {
        return !wanted && !known && !underWay;
    }

    /**
     * What is to be written now, which then is under way; null for nothing.
     *
     * @param current the session of the connection
     */
    @Nullable Control takeDue(@Nullable Session current) {
        if (isSettled() || underWay) {
            return null;
        }
        Session of = durable ? current : session;
        if (wanted && (of == null || of.isEnding() || !of.isReachable())) {
            return null;
        }
        underWay = true;
        return wanted ? new Control.Join(channel, source()) : new Control.Leave(channel, source());
    }

    private MemberSource source() {
        Session of = session;
        return of == null
                ? MemberSource.DEVICE
                : new MemberSource.OfSession(of.id(), of.openedOffset());
    }

    /** Kafka has a join or leave: whether it was this one's. */
    boolean confirmed(Control control) {
        boolean joined = control instanceof Control.Join;
        Control own =
                joined ? new Control.Join(channel, source()) : new Control.Leave(channel, source());
        if (!underWay || !own.equals(control)) {
            return false;
        }
        underWay = false;
        known = joined;
        return true;
    }
}
