package io.lastmile.edge.session;

import io.lastmile.wire.ChannelName;
import io.lastmile.wire.Control;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The channels of one connection, and the answers that wait for them. It exists only where a device
 * subscribes to a channel, or its credentials say something of channels. One thread.
 *
 * <pre>
 *   what comes                       what becomes of memberships
 *   SUBSCRIBE                        wanted: of the session, or where it is to last of the device
 *   SUBSCRIBE of one that lasts not, also wanted of the device; that of the session is left
 *   that it is to last
 *   UNSUBSCRIBE                      not wanted; where it is to last, neither one of before
 *   a session begins                 those of the one before are wanted of it, and joined anew
 *   it takes the inbox               and those that the credentials name
 *   a session ends, no other begins  those of it are gone; a leave under way is brought to its end
 * </pre>
 *
 * <p>SUBACK and UNSUBACK follow when Kafka has everything that they are about: from then on a
 * broadcast reaches the device, or does not any more.
 */
final class ChannelSubscriptions {
    /** Where answers wait, no more is asked for. */
    private static final int ANSWERS_MAX = 100;

    private static final int NO_SUBSCRIPTION_EXISTED = 0x11;

    private final ChannelSettings settings;
    private final ChannelRights rights;
    private final List<Membership> memberships = new ArrayList<>(1);
    private List<Answer> answers = List.of();
    private List<Session> predecessors = List.of();

    /**
     * A SUBACK or UNSUBACK that waits.
     *
     * @param opened a session whose {@code opened} it waits for as well
     */
    private record Answer(Runnable send, List<Membership> awaited, @Nullable Session opened) {
        boolean isDue() {
            return (opened == null || opened.isReachable())
                    && awaited.stream().allMatch(Membership::isSettled);
        }
    }

    ChannelSubscriptions(ChannelSettings settings, ChannelRights rights) {
        this.settings = settings;
        this.rights = rights;
    }

    /** Whether there is nothing to remember. */
    boolean isNothing() {
        return memberships.isEmpty()
                && answers.isEmpty()
                && predecessors.isEmpty()
                && rights.isNone();
    }

    /** Whether the device is subscribed to any. */
    boolean isAny() {
        return memberships.stream().anyMatch(Membership::isSubscribed);
    }

    /** The highest of all of them. */
    int qos() {
        return memberships.stream().anyMatch(membership -> membership.qos() > 0) ? 1 : 0;
    }

    /** Of the subscription to this channel; 0 where there is none. */
    int qos(ChannelName channel) {
        Membership subscription = subscription(channel);
        return subscription == null ? 0 : subscription.qos();
    }

    /**
     * The first topic among a broadcast's channels that the device is subscribed to; -1 where there
     * is none.
     */
    int topic(Broadcast broadcast) {
        List<ChannelName> channels = broadcast.channels();
        for (int i = 0; i < channels.size(); i++) {
            if (subscription(channels.get(i)) != null) {
                return Given.FIRST_CHANNEL + i;
            }
        }
        return -1;
    }

    private @Nullable Membership subscription(ChannelName channel) {
        for (Membership membership : memberships) {
            if (membership.isSubscribed() && membership.channel().equals(channel)) {
                return membership;
            }
        }
        return null;
    }

    private @Nullable Membership find(ChannelName channel, boolean durable) {
        for (Membership membership : memberships) {
            if (membership.isDurable() == durable
                    && membership.channel().equals(channel)
                    && membership.isCurrent()) {
                return membership;
            }
        }
        return null;
    }

    /** Whether the device is subscribed to that channel, or why it may not. */
    ReasonCode subscribe(ChannelName channel, int qos, @Nullable Boolean lasts) {
        boolean allowed =
                switch (settings.subscribing()) {
                    case OFF -> false;
                    case TOKEN -> rights.allows(channel);
                    case ANY -> true;
                };
        if (!allowed) {
            return ReasonCode.NOT_AUTHORIZED;
        }
        if (isBusy()) {
            return ReasonCode.QUOTA_EXCEEDED;
        }
        boolean durable = lasts == null ? settings.durable() : lasts;
        Membership before = subscription(channel);
        if (before != null && (before.isDurable() || !durable)) {
            before.subscribe(qos); // one that lasts goes on to last
            return ReasonCode.SUCCESS;
        }
        Membership membership = find(channel, durable);
        if (membership == null) {
            if (isFullFor(channel)) {
                return ReasonCode.QUOTA_EXCEEDED;
            }
            membership = Membership.of(channel, durable);
            memberships.add(membership);
        }
        membership.subscribe(qos);
        if (before != null) {
            before.unsubscribe();
        }
        return ReasonCode.SUCCESS;
    }

    /** Whether there is no room for this one: what the credentials will join has its own. */
    private boolean isFullFor(ChannelName channel) {
        long joinedLater =
                rights.joins().stream()
                        .filter(name -> !name.equals(channel) && find(name, false) == null)
                        .count();
        return memberships.size() + joinedLater >= settings.perDevice();
    }

    /** Whether so many answers wait that nothing more is asked for. */
    boolean isBusy() {
        return answers.size() >= ANSWERS_MAX;
    }

    /** The code of UNSUBACK: whether it was subscribed to, or why it cannot be left now. */
    int unsubscribe(ChannelName channel, @Nullable Boolean lasts) {
        boolean durable = lasts == null ? settings.durable() : lasts;
        Membership before = subscription(channel);
        boolean ofEarlier =
                durable
                        && settings.subscribing() != ChannelSettings.Subscribing.OFF
                        && find(channel, true) == null;
        if (isBusy() || (ofEarlier && isFullFor(channel))) {
            return ReasonCode.QUOTA_EXCEEDED.code();
        }
        if (ofEarlier) {
            memberships.add(Membership.ofEarlier(channel));
        }
        if (before != null) {
            before.unsubscribe();
        }
        return before != null || ofEarlier ? 0 : NO_SUBSCRIPTION_EXISTED;
    }

    /** A session has begun. */
    void begun(Session session, boolean takesInbox) {
        for (Membership membership : memberships) {
            if (!takesInbox && membership.isClaimed()) {
                membership.unclaim();
            }
            membership.begin(session);
        }
        if (takesInbox && settings.subscribing() != ChannelSettings.Subscribing.OFF) {
            for (ChannelName channel : rights.joins()) {
                Membership membership = find(channel, false);
                if (membership == null) {
                    membership = Membership.of(channel, false);
                    memberships.add(membership);
                }
                membership.claim();
                membership.begin(session);
            }
        }
        memberships.removeIf(Membership::isOver);
    }

    /** What is new and of sessions is of this one. */
    void belongTo(Session session) {
        memberships.stream()
                .filter(Membership::isOfNone)
                .forEach(membership -> membership.begin(session));
    }

    /** The session has ended, and no other has begun. */
    void ended() {
        memberships.stream().filter(Membership::isClaimed).forEach(Membership::unclaim);
        memberships.removeIf(Membership::isOver);
    }

    /** The end of this one is to be written only when its memberships are the next one's. */
    void holdEndOf(Session predecessor) {
        if (predecessors.isEmpty()) {
            predecessors = new ArrayList<>(1);
        }
        predecessors.add(predecessor);
    }

    List<Session> predecessors() {
        return predecessors;
    }

    boolean holdsEndOf(Session session) {
        return predecessors.contains(session);
    }

    /** Those whose end may be written now. */
    List<Session> takePredecessors() {
        if (predecessors.isEmpty() || !memberships.stream().allMatch(Membership::isSettled)) {
            return List.of();
        }
        List<Session> taken = predecessors;
        predecessors = List.of();
        return taken;
    }

    /** Lets an answer wait for all that is wanted now. */
    void await(Runnable answer, @Nullable Session opened) {
        List<Membership> awaited =
                memberships.stream().filter(membership -> !membership.isSettled()).toList();
        if (answers.isEmpty()) {
            answers = new ArrayList<>(1);
        }
        answers.add(new Answer(answer, awaited, opened));
    }

    /** The joins and leaves that are to be written now. */
    List<Control> takeDue(@Nullable Session current) {
        List<Control> due = new ArrayList<>(0);
        for (Membership membership : memberships) {
            Control control = membership.takeDue(current);
            if (control != null) {
                due.add(control);
            }
        }
        return due;
    }

    /** Kafka has a join or leave. */
    void confirmed(Control control) {
        for (Membership membership : memberships) {
            if (membership.confirmed(control)) {
                break;
            }
        }
        memberships.removeIf(Membership::isOver);
    }

    /** The answers that are due, in the order of what they answer. */
    List<Runnable> takeAnswers() {
        if (answers.isEmpty()) {
            return List.of();
        }
        List<Answer> due = answers.stream().filter(Answer::isDue).toList();
        answers.removeAll(due);
        if (answers.isEmpty()) {
            answers = List.of();
        }
        return due.stream().map(Answer::send).toList();
    }
}
