package io.lastmile.edge.auth;

import java.net.InetAddress;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Checks that wait, taken in turns of the addresses that they come from: however many one address
 * has sent, another's first is behind one of each. The room is theirs alike too: where there is
 * none left, whoever has most of it gives way. One thread at a time.
 */
final class CheckQueue {
    /** A check and who waits for it. */
    record Waiting(Credentials credentials, PendingConnect connect) {}

    private final int waitingMax;

    /** The address whose turn it is comes first; all of unknown addresses count as one. */
    private final LinkedHashMap<@Nullable InetAddress, LinkedHashMap<PendingConnect, Waiting>>
            waitingByOrigin = new LinkedHashMap<>();

    private int size;

    CheckQueue(int waitingMax) {
        this.waitingMax = waitingMax;
    }

    int size() {
        return size;
    }

    /**
     * Lets one more wait.
     *
     * @return who finds no room in return, maybe itself; null where there is room
     */
    @Nullable Waiting add(Waiting next) {
        InetAddress origin = next.connect.origin();
        Waiting out = null;
        if (size == waitingMax) {
            Map<PendingConnect, Waiting> own = waitingByOrigin.get(origin);
            int mean = size / waitingByOrigin.size();
            if (own != null && own.size() > mean) {
                return next; // without a look at all of them: a flood is mostly turned away here
            }
            out = giveWay(own == null ? 0 : own.size());
            if (out == null) {
                return next;
            }
        }
        waitingByOrigin
                .computeIfAbsent(origin, from -> new LinkedHashMap<>())
                .put(next.connect, next);
        size++;
        return out;
    }

    /** Takes the newest of the address that has most, if that is more than so many. */
    private @Nullable Waiting giveWay(int than) {
        LinkedHashMap<PendingConnect, Waiting> most = null;
        for (LinkedHashMap<PendingConnect, Waiting> one : waitingByOrigin.values()) {
            if (most == null || one.size() > most.size()) {
                most = one;
            }
        }
        if (most == null || most.size() <= than + 1) {
            return null; // to take one from there would only turn the tables
        }
        size--;
        return most.pollLastEntry().getValue();
    }

    /** The next one, of the next address; null where none waits. */
    @Nullable Waiting take() {
        Iterator<Map.Entry<@Nullable InetAddress, LinkedHashMap<PendingConnect, Waiting>>> turns =
                waitingByOrigin.entrySet().iterator();
        if (!turns.hasNext()) {
            return null;
        }
        var turn = turns.next();
        turns.remove();
        Waiting next = turn.getValue().pollFirstEntry().getValue();
        size--;
        if (!turn.getValue().isEmpty()) {
            waitingByOrigin.put(turn.getKey(), turn.getValue()); // behind all others
        }
        return next;
    }

    /** Takes one out that need not be checked any more. */
    void remove(PendingConnect connect) {
        InetAddress origin = connect.origin();
        Map<PendingConnect, Waiting> own = waitingByOrigin.get(origin);
        if (own != null && own.remove(connect) != null) {
            size--;
            if (own.isEmpty()) {
                waitingByOrigin.remove(origin);
            }
        }
    }
}
