package io.lastmile.simulation;

import static io.lastmile.simulation.InvariantBroken.check;

import io.lastmile.edge.session.Session;
import io.lastmile.simulation.Story.Sent;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Message;
import io.lastmile.wire.hop.HopFrame;
import io.lastmile.wire.record.ReceiptRecord;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Whether a message ends as it may, and goes to its device only as it may. */
final class Reasons {
    /** An owner that stood still does not know so before its next tick. */
    private static final long LATE_MS = 10_000;

    private final World world;
    private final Map<DeviceId, Integer> unsettledByDevice = new HashMap<>();
    private final Map<String, List<Story>> storiesByIdempotencyKey = new HashMap<>();
    private final Map<String, List<Story>> storiesByCollapseKey = new HashMap<>();

    Reasons(World world) {
        this.world = world;
    }

    void begun(Story story) {
        unsettledByDevice.merge(story.device, 1, Integer::sum);
        add(storiesByIdempotencyKey, story, story.idempotencyKey());
        add(storiesByCollapseKey, story, story.collapseKey());
    }

    void settled(Story story) {
        unsettledByDevice.merge(story.device, -1, Integer::sum);
    }

    private static void add(Map<String, List<Story>> index, Story story, @Nullable String key) {
        if (key != null) {
            index.computeIfAbsent(story.device + " " + key, _ -> new ArrayList<>()).add(story);
        }
    }

    private static List<Story> find(
            Map<String, List<Story>> index, Story story, @Nullable String key) {
        return key == null ? List.of() : index.getOrDefault(story.device + " " + key, List.of());
    }

    // Endings.

    void checkDeserved(Story story, ReceiptRecord receipt) {
        boolean deserved =
                switch (receipt.outcome()) {
                    case EXPIRED -> isOver(story);
                    case OVERFLOWED -> inboxOf(story) > world.plan.settings.inbox().messagesMax();
                    case REPLACED -> isReplaced(story);
                    case CANCELLED -> story.cancelled;
                    case DELIVERED, REJECTED -> true;
                };
        check(
                deserved,
                Invariant.DESERVED,
                () -> story + " settles as " + receipt.outcome() + ": " + receipt.detail());
    }

    private int inboxOf(Story story) {
        return unsettledByDevice.getOrDefault(story.device, 0);
    }

    /** By all clocks, and by as much as an owner may be late. */
    boolean isLongOver(Story story) {
        long earliestNowMs = world.agenda.nowMs() - 2 * world.kafka.clockErrorMs() - LATE_MS;
        return story.ttlMs != Story.TTL_CONNECTED
                && earliestNowMs > story.acceptedAtMs + story.ttlMs;
    }

    private boolean isOver(Story story) {
        long latestNowMs = world.agenda.nowMs() + world.kafka.clockErrorMs();
        return story.ttlMs == Story.TTL_CONNECTED
                || story.isGone
                || latestNowMs >= story.acceptedAtMs + story.ttlMs;
    }

    /** Whether a message that was accepted later, and is due, has its collapse key. */
    private boolean isReplaced(Story story) {
        for (Story other : find(storiesByCollapseKey, story, story.collapseKey())) {
            boolean later =
                    other.partition == story.partition && other.keyedOffset > story.keyedOffset;
            boolean due = other.notBeforeMs() == Message.ABSENT || other.released;
            if (later && due && (firstWithItsKey(other) == null || isUncertain(other))) {
                return true;
            }
        }
        return false;
    }

    void checkRejected(Story story) {
        Message message = story.message;
        boolean deserved =
                message == null
                        || isRefused(story)
                        || story.sends.stream().anyMatch(sent -> sent.refused)
                        || isRepetition(story);
        check(deserved, Invariant.DESERVED, () -> story + " settles as rejected");
        world.figures.count(reason(story));
    }

    private static String reason(Story story) {
        if (story.message == null) {
            return "rejected_unreadable";
        }
        for (Sent sent : story.sends) {
            if (sent.refused) {
                return "rejected_by_device";
            }
        }
        return story.idempotencyKey() == null ? "rejected_unheard" : "rejected_duplicate";
    }

    /** The message that opened the window of this one's idempotency key, unless this one did. */
    private @Nullable Story firstWithItsKey(Story story) {
        List<Story> inOrder =
                find(storiesByIdempotencyKey, story, story.idempotencyKey()).stream()
                        .filter(other -> other.partition == story.partition && !isRefused(other))
                        .sorted(Comparator.comparingLong(other -> other.keyedOffset))
                        .toList();
        Story first = null;
        for (Story next : inOrder) {
            if (first == null || next.keyedAtMs >= first.keyedAtMs + windowMs()) {
                first = next;
            }
            if (next == story) {
                break;
            }
        }
        return first == story ? null : first;
    }

    /**
     * Whether a message before it has its key. One that was taken back does not count where its
     * receipt was there first; where one was lost unread, the next may have opened the window.
     */
    private boolean isRepetition(Story story) {
        if (!isUncertain(story)) {
            return firstWithItsKey(story) != null;
        }
        return find(storiesByIdempotencyKey, story, story.idempotencyKey()).stream()
                .anyMatch(other ->
                        other.partition == story.partition
                                && other.keyedOffset < story.keyedOffset
                                && story.keyedAtMs < other.keyedAtMs + windowMs()
                                && !isRefused(other)
                                && other.freedNowMs >= story.keyedNowMs);
    }

    private boolean isAnyCancelled(Story story) {
        return find(storiesByIdempotencyKey, story, story.idempotencyKey()).stream()
                .anyMatch(other -> other.cancelled);
    }

    /** Whether nobody but the owner can know which message opened the window of its key. */
    private boolean isUncertain(Story story) {
        return isAnyLost(story) || isAnyCancelled(story);
    }

    /** Whether retention took a message with this key, perhaps unread: its window never began. */
    private boolean isAnyLost(Story story) {
        return find(storiesByIdempotencyKey, story, story.idempotencyKey()).stream()
                .anyMatch(other -> other.isGone);
    }

    /** Whether it ends before its key is looked at. */
    private boolean isRefused(Story story) {
        return isTooLong(story)
                || (story.notBeforeMs() != Message.ABSENT
                        && story.acceptedAtMs + story.ttlMs <= story.notBeforeMs());
    }

    private boolean isTooLong(Story story) {
        Message message = story.message;
        return message != null
                && message.payload().length() > world.plan.settings.bodies().bytesMax();
    }

    private long windowMs() {
        return world.plan.settings.keys().windowMs();
    }

    // On the way.

    void checkSent(Story story, Session session, HopFrame.Deliver deliver) {
        Message accepted = Objects.requireNonNull(story.message, "nonsense is sent");
        check(
                session.device().equals(story.device)
                        && deliver.message().device().equals(accepted.device())
                        && deliver.id().equals(story.id)
                        && deliver.message().urgency() == accepted.urgency()
                        && Objects.equals(deliver.message().collapseKey(), accepted.collapseKey())
                        && deliver.message().payload().equals(accepted.payload()),
                Invariant.AS_ACCEPTED,
                () -> story + " is sent to " + session + " as " + deliver);
        check(
                isDue(story),
                Invariant.NOT_BEFORE,
                () -> story + " is sent, not before " + story.notBeforeMs());
        Story first = firstWithItsKey(story);
        check(
                first == null || isUncertain(story),
                Invariant.KEY_GOES_ONCE,
                () -> story + " is sent, and repeats " + first);
    }

    private boolean isDue(Story story) {
        long latestNowMs = world.agenda.nowMs() + world.kafka.clockErrorMs();
        return story.notBeforeMs() == Message.ABSENT || latestNowMs >= story.notBeforeMs();
    }

    /** An owner appends it again: because it was misplaced, or because it is due. */
    void checkAppendedAgain(Story story, int partition, Message again) {
        check(
                story.receipt == null && !story.released,
                Invariant.ONE_OUTCOME,
                () -> story + " is appended again");
        check(
                again.acceptedAtMs() == story.acceptedAtMs && again.device().equals(story.device),
                Invariant.AS_ACCEPTED,
                () -> story + " is appended again as " + again);
        if (story.partition == partition) {
            check(isDue(story), Invariant.NOT_BEFORE, () -> story + " is appended again");
        }
    }
}
