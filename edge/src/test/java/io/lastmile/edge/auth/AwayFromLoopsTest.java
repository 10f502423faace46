package io.lastmile.edge.auth;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.edge.session.Verdict;
import io.lastmile.wire.DeviceId;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AwayFromLoopsTest {
    private static final Verdict GOOD = new Verdict.Accepted(Verdict.FOR_EVER);

    private final List<String> checked = new CopyOnWriteArrayList<>();
    private final Semaphore permits = new Semaphore(0);
    private final AwayFromLoops away = new AwayFromLoops(this::check, 1, 10);

    private Verdict check(Credentials credentials) {
        permits.acquireUninterruptibly();
        checked.add(credentials.device().value());
        if (credentials.device().value().equals("bug")) {
            throw new StackOverflowError();
        }
        return GOOD;
    }

    /** A CONNECT from 192.0.2.n. */
    private final class From implements PendingConnect {
        private final String device;
        private final InetAddress origin;
        private final List<Verdict> verdicts = new CopyOnWriteArrayList<>();
        private boolean welcome = true;

        From(int address, String device) throws UnknownHostException {
            this.device = device;
            this.origin = InetAddress.getByAddress(new byte[] {(byte) 192, 0, 2, (byte) address});
        }

        @Nullable Verdict ask() {
            return away.check(
                    new Credentials(new DeviceId(device), null, Password.NONE, null), this);
        }

        @Override
        public InetAddress origin() {
            return origin;
        }

        @Override
        public boolean isWelcome() {
            return welcome;
        }

        @Override
        public void decided(Verdict verdict) {
            verdicts.add(verdict);
        }
    }

    private From asked(int address, String device) throws UnknownHostException {
        From from = new From(address, device);
        assertNull(from.ask(), device);
        return from;
    }

    /** The only thread has taken this one, and waits in its check. */
    private void busyWith(String device) throws UnknownHostException {
        asked(9, device);
        await().until(permits::hasQueuedThreads);
    }

    @AfterEach
    void stop() {
        permits.release(1_000);
        away.close();
    }

    @Test
    void addressesTakeTurnsHoweverManyOneHasSent() throws Exception {
        busyWith("first");
        for (int i = 0; i < 5; i++) {
            asked(1, "flood-" + i);
        }
        From honest = asked(2, "honest");
        From other = asked(3, "other");
        permits.release(4);
        await().until(() -> other.verdicts.size() == 1);
        assertEquals(List.of("first", "flood-0", "honest", "other"), checked);
        assertEquals(List.of(GOOD), honest.verdicts);
        permits.release(4);
        await().until(() -> checked.size() == 8);
        assertEquals(List.of("flood-1", "flood-2", "flood-3", "flood-4"), checked.subList(4, 8));
    }

    @Test
    void whoHasMostOfTheRoomGivesWay() throws Exception {
        busyWith("first");
        List<From> flood = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            flood.add(asked(1, "flood-" + i));
        }
        assertEquals(new Verdict.Busy(), new From(1, "flood-10").ask(), "there is no room");
        asked(2, "honest");
        assertEquals(List.of(new Verdict.Busy()), flood.get(9).verdicts, "its newest");
        for (int i = 0; i < 4; i++) {
            asked(2, "honest-" + i);
        }
        assertEquals(new Verdict.Busy(), new From(2, "honest-4").ask(), "both have half of it");
        permits.release(100);
        await().until(() -> checked.size() == 11);
        assertTrue(checked.contains("honest-3"));
    }

    @Test
    void whoIsGoneOrNotWelcomeAnyMoreCostsNothing() throws Exception {
        busyWith("first");
        List<From> flood = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            flood.add(asked(1, "flood-" + i));
        }
        flood.subList(0, 9).forEach(away::forget);
        From unwelcome = flood.get(9);
        unwelcome.welcome = false;
        From late = asked(1, "late"); // there is room again
        permits.release(2);
        await().until(() -> late.verdicts.size() == 1);
        assertEquals(List.of("first", "late"), checked);
        assertEquals(List.of(new Verdict.Busy()), unwelcome.verdicts);
    }

    @Test
    void aCheckThatFailsByABugTakesNoThreadWithIt() throws Exception {
        permits.release(2);
        From bug = asked(1, "bug");
        await().until(() -> bug.verdicts.size() == 1);
        assertEquals(List.of(new Verdict.Refused("a bug")), bug.verdicts);
        From next = asked(1, "next");
        await().until(() -> next.verdicts.size() == 1);
        assertEquals(List.of(GOOD), next.verdicts);
    }

    @Test
    void nobodyIsTakenWhileItStops() throws Exception {
        away.close();
        assertNotNull(new From(1, "late").ask());
    }
}
