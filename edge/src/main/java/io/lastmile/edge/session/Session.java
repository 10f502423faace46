package io.lastmile.edge.session;

import io.lastmile.edge.session.UnderWay.Phase;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.EndReason;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.Partitions;
import io.lastmile.wire.SessionId;
import io.lastmile.wire.hop.HopFrame.HeldSession;
import io.lastmile.wire.record.EventRecord.Ack;
import io.lastmile.wire.record.Proof;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One subscribed connection of one device, from its {@code opened} to the confirmation of its
 * {@code ended}. Used only by the event loop of its connection.
 *
 * <pre>
 *   created --openedConfirmed--> open --takeNoMore--> takes no more --end--> ending --takeEndedDue--> ended
 *      |                           |                                           ^    (once Kafka has
 *      +---------------------------+--------------------end--------------------+    all else of it)
 * </pre>
 *
 * <p>What it counts is what Kafka has not confirmed: {@code ended} stands behind every other event
 * of its session in the log, because it is due only when nothing else is under way. A session whose
 * {@code ended} is not confirmed is still held: an owner that is not told of it would take its
 * messages back although an {@code acked} is on its way.
 */
public final class Session {
    /**
     * How many windows of messages may be unconfirmed. An owner can read an {@code acked} in Kafka,
     * and send the next message, before the edge hears that Kafka has it; so one window may be with
     * the device while another waits for that word.
     */
    private static final int WINDOWS_UNCONFIRMED = 2;

    /**
     * How far from each other sessions begin to count packet ids: the golden section of all ids.
     */
    private static final long PACKET_IDS_APART = 40_501;

    private final Life life;
    private final DeviceHeart heart;
    private final long number;
    private final char partition;
    private final char windowMessages;
    private char lastPacketId;
    private long openedOffset = HeldSession.UNCONFIRMED;
    private long highestSent = HeldSession.NOTHING_SENT;
    private @Nullable UnderWay underWay;

    /**
     * A session whose {@code opened} is about to be written.
     *
     * @param life the incarnation it belongs to
     * @param number given out by {@link Sessions#issue}
     * @param heart that of its connection, whose device is known
     * @param windowMessages the most the device takes unacknowledged
     */
    public Session(Life life, long number, DeviceHeart heart, int windowMessages) {
        this.life = life;
        this.number = number;
        this.heart = heart;
        this.partition =
                (char) Partitions.of(heart.connectedDevice(), life.ownership().partitions());
        this.windowMessages = (char) windowMessages;
        this.lastPacketId = packetIdBefore(life.incarnation(), number);
        underWay().announcementsUnconfirmed = 1; // the first opened
    }

    /**
     * Each session begins elsewhere to count packet ids: a device that acknowledges late, over its
     * next connection, acknowledges none of that connection's messages.
     */
    private static char packetIdBefore(Incarnation edge, long number) {
        return (char)
                Math.floorMod(edge.hashCode() + number * PACKET_IDS_APART, Window.PACKET_ID_MAX);
    }

    private UnderWay underWay() {
        UnderWay current = underWay;
        if (current == null) {
            current = new UnderWay(windowMessages, lastPacketId);
            underWay = current;
        }
        return current;
    }

    /** Gives back what an idle session does not need. */
    private void rest() {
        UnderWay current = underWay;
        if (current != null && current.isOver()) {
            lastPacketId = (char) current.window.lastPacketId();
            underWay = null;
        }
    }

    /** The incarnation it belongs to. */
    Life life() {
        return life;
    }

    /** That of its connection. */
    public DeviceHeart heart() {
        return heart;
    }

    /** Its id. */
    public SessionId id() {
        return new SessionId(life.incarnation(), number);
    }

    /** Its number within the edge's incarnation. */
    public long number() {
        return number;
    }

    /** Whose it is. */
    public DeviceId device() {
        return heart.connectedDevice();
    }

    /** The partition of the device. */
    public int partition() {
        return partition;
    }

    /** The most the device takes unacknowledged. */
    public int windowMessages() {
        return windowMessages;
    }

    /** The highest offset given to the device, {@link HeldSession#NOTHING_SENT} before. */
    public long highestSent() {
        return highestSent;
    }

    /** Where its first {@code opened} stands, {@link HeldSession#UNCONFIRMED} before. */
    public long openedOffset() {
        return openedOffset;
    }

    /** What an owner that asks is told. */
    public HeldSession held() {
        return new HeldSession(device(), number, openedOffset, highestSent);
    }

    /**
     * Decides about a message from the owner; where it is to be sent, it takes its place in the
     * window.
     */
    public Delivery deliver(long offset, long nowMs) {
        return deliver(offset, Window.NO_MEMBER, nowMs);
    }

    /** The same about a copy of a broadcast, for this member. */
    Delivery deliver(long offset, int member, long nowMs) {
        if (underWay != null && underWay.phase != Phase.OPEN) {
            return Delivery.OVER;
        }
        if (offset <= highestSent) {
            return Delivery.ALREADY_SENT;
        }
        UnderWay current = underWay();
        Window window = current.window;
        if (window.isFull()
                || window.size() + current.acksUnconfirmed
                        >= WINDOWS_UNCONFIRMED * windowMessages) {
            return Delivery.NO_ROOM;
        }
        window.add(offset, member, nowMs);
        highestSent = offset;
        return Delivery.SEND;
    }

    /** The packet id of a message in the window, 0 where it is not there. */
    public int packetId(long offset) {
        if (underWay == null) {
            return 0;
        }
        int place = underWay.window.placeOfOffset(offset);
        return place < 0 ? 0 : underWay.window.packetId(place);
    }

    /** As which member the device has what is in that packet: one in the window. */
    int memberOfPacket(int packetId) {
        return underWay == null
                ? Window.NO_MEMBER
                : memberAt(underWay.window, underWay.window.placeOfPacket(packetId));
    }

    /** As which member the device has what is at that offset: one in the window. */
    int memberOfOffset(long offset) {
        return underWay == null
                ? Window.NO_MEMBER
                : memberAt(underWay.window, underWay.window.placeOfOffset(offset));
    }

    private static int memberAt(Window window, int place) {
        return place < 0 ? Window.NO_MEMBER : window.member(place);
    }

    /**
     * Goes on counting packet ids where an older session of the same connection stopped, so that a
     * late PUBACK for one of that session's messages acknowledges none of this one.
     */
    public void continuePacketIdsOf(Session older) {
        UnderWay oldersOwn = older.underWay;
        int last = oldersOwn == null ? older.lastPacketId : oldersOwn.window.lastPacketId();
        lastPacketId = (char) last;
        underWay().window.startAfter(last);
    }

    /** A message goes to the device now, in a packet of so many bytes. */
    public void sent(long offset, int packetBytes, long nowMs) {
        if (underWay != null) {
            underWay.window.sent(offset, packetBytes, nowMs);
        }
    }

    /**
     * Whether the device has had its oldest message for longer than the deadline. To be asked about
     * once a second: the time counts from the question at which that message was the oldest, and
     * had reached the device's system.
     *
     * @param nowMs monotonic
     * @param unreachedBytes that were sent and have not reached the device's system
     */
    public boolean isOverdue(long nowMs, long unreachedBytes, long deadlineMs) {
        return underWay != null && underWay.window.isOverdue(nowMs, unreachedBytes, deadlineMs);
    }

    /** How many messages the device has not acknowledged. */
    public int unacknowledged() {
        return underWay == null ? 0 : underWay.window.size();
    }

    /**
     * The device acknowledged a packet.
     *
     * @return what to write to Kafka; null where no message has that packet id
     */
    public @Nullable Ack puback(int packetId, int reasonCode, long nowMs) {
        int place = underWay == null ? -1 : underWay.window.placeOfPacket(packetId);
        return acknowledge(place, Proof.PUBACK, reasonCode, nowMs);
    }

    /**
     * A message needs no word of the device: its bytes went to the socket (QoS 0), or it cannot be
     * sent at all.
     *
     * @return what to write to Kafka; null where the message is not in the window
     */
    public @Nullable Ack settle(long offset, Proof proof, int reasonCode, long nowMs) {
        int place = underWay == null ? -1 : underWay.window.placeOfOffset(offset);
        return acknowledge(place, proof, reasonCode, nowMs);
    }

    private @Nullable Ack acknowledge(int place, Proof proof, int reasonCode, long nowMs) {
        UnderWay current = underWay;
        if (place < 0 || current == null || isEnding()) {
            return null;
        }
        Window window = current.window;
        Ack ack = new Ack(window.offset(place), window.sentAtMs(place), nowMs, proof, reasonCode);
        window.remove(place);
        current.acksUnconfirmed++;
        return ack;
    }

    /**
     * Whether half of a window is acknowledged and Kafka does not have it: owners send less then.
     */
    public boolean isShortOfRoom() {
        return underWay != null && 2 * underWay.acksUnconfirmed >= windowMessages;
    }

    /** Whether Kafka does not have all that the device has acknowledged. */
    public boolean isAwaitingKafka() {
        return underWay != null && underWay.acksUnconfirmed > 0;
    }

    /** Kafka has so many acks more of this session. */
    public void acksConfirmed(int count) {
        UnderWay current = underWay();
        if (count > current.acksUnconfirmed) {
            throw new IllegalStateException("more acks confirmed than written: " + id());
        }
        current.acksUnconfirmed -= count;
        rest();
    }

    /** Kafka has an {@code opened} of this session: the device can be reached. */
    public void openedConfirmed(long offset) {
        UnderWay current = underWay();
        if (current.announcementsUnconfirmed == 0) {
            throw new IllegalStateException("more announcements confirmed than written: " + id());
        }
        current.announcementsUnconfirmed--;
        List<Runnable> due = current.onReachable;
        current.onReachable = List.of();
        rest();
        if (openedOffset == HeldSession.UNCONFIRMED) {
            openedOffset = offset;
        }
        due.forEach(Runnable::run);
    }

    /** Does this once the device can be reached: now, or when Kafka has {@code opened}. */
    void whenReachable(Runnable action) {
        if (openedOffset == HeldSession.UNCONFIRMED) {
            underWay().whenReachable(action);
        } else {
            action.run();
        }
    }

    /**
     * The owner asks for another {@code opened}.
     *
     * @return whether to write one, with {@link #openedOffset} as that of the first
     */
    public boolean announce() {
        if (isEnding() || openedOffset == HeldSession.UNCONFIRMED) {
            return false;
        }
        underWay().announcementsUnconfirmed++;
        return true;
    }

    /**
     * Nothing more is given to the device; what it has, it may still acknowledge. The end is to
     * follow.
     */
    public void takeNoMore() {
        underWay().phase = Phase.TAKES_NO_MORE;
    }

    /**
     * Nothing more is given to the device and nothing more it says counts.
     *
     * @return false where the session was ending before; the first reason stays
     */
    public boolean end(EndReason reason) {
        if (isEnding()) {
            return false;
        }
        UnderWay current = underWay();
        current.phase = Phase.ENDING;
        current.endReason = reason;
        current.window.clear();
        return true;
    }

    /** Whether it was told to end. */
    public boolean isEnding() {
        return underWay != null && underWay.phase.compareTo(Phase.ENDING) >= 0;
    }

    /**
     * The reason with which {@code ended} is to be written now; null while it is too early, and
     * after it was taken once. To be asked after {@link #end} and after each confirmation.
     */
    public @Nullable EndReason takeEndedDue() {
        UnderWay current = underWay;
        if (current == null
                || current.phase != Phase.ENDING
                || current.announcementsUnconfirmed > 0
                || current.acksUnconfirmed > 0) {
            return null;
        }
        current.phase = Phase.ENDED;
        return current.endReason;
    }

    @Override
    public String toString() {
        return device() + " " + id();
    }
}
