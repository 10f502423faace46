package io.lastmile.simulation;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The consumer group of routers, on Kafka's side: who is a member, and which partition is whose. A
 * member that is silent for the session timeout loses its partitions; a partition may be asked back
 * and given to another.
 */
final class Group {
    private static final long SESSION_TIMEOUT_MS = 2_000;
    private static final long HAND_OVER_MS = 3_000;

    private final World world;
    private final List<Member> members = new ArrayList<>();
    private final @Nullable Member[] owners;
    private final boolean[] movingByPartition;

    /** A router's membership, from joining to leaving. */
    static final class Member {
        final SimulatedRouter router;
        private final int life;
        private boolean expelled;

        Member(SimulatedRouter router) {
            this.router = router;
            this.life = router.life();
        }

        boolean isSilent() {
            return !router.isServing() || router.life() != life;
        }
    }

    Group(World world) {
        this.world = world;
        this.owners = new Member[world.plan.partitions];
        this.movingByPartition = new boolean[world.plan.partitions];
    }

    void join(Member member) {
        world.kafka.eventually(
                50,
                400,
                () -> {
                    members.add(member);
                    watch(member);
                    assign();
                });
    }

    boolean owns(Member member, int partition) {
        return owners[partition] == member;
    }

    boolean hasExpelled(Member member) {
        return member.expelled;
    }

    private void watch(Member member) {
        world.kafka.eventually(
                400,
                600,
                () -> {
                    if (!member.isSilent()) {
                        watch(member);
                    } else {
                        world.kafka.eventually(
                                SESSION_TIMEOUT_MS,
                                SESSION_TIMEOUT_MS,
                                () -> {
                                    if (member.isSilent()) {
                                        expel(member);
                                    } else {
                                        watch(member);
                                    }
                                });
                    }
                });
    }

    private void expel(Member member) {
        world.trace.note(() -> "group expels " + member.router.name);
        members.remove(member);
        member.expelled = true;
        for (int p = 0; p < owners.length; p++) {
            if (owners[p] == member) {
                owners[p] = null;
            }
        }
        assign();
    }

    private void assign() {
        for (int p = 0; p < owners.length; p++) {
            if (owners[p] == null && !members.isEmpty() && !movingByPartition[p]) {
                give(p, world.chance.pick(members));
            }
        }
    }

    private void give(int partition, Member member) {
        world.trace.note(() -> "group gives " + partition + " to " + member.router.name);
        owners[partition] = member;
        world.agenda.after(
                world.chance.between(1, 100), () -> member.router.assigned(partition, member));
    }

    /** Asks for a partition back and gives it to another. */
    void handOver(int partition) {
        Member from = owners[partition];
        List<Member> others = members.stream().filter(member -> member != from).toList();
        if (from == null || others.isEmpty() || movingByPartition[partition]) {
            return;
        }
        world.trace.note(() -> "group wants " + partition + " back from " + from.router.name);
        Member to = world.chance.pick(others);
        movingByPartition[partition] = true;
        if (world.chance.percent(70)) {
            from.router.letsGo(partition);
            world.kafka.eventually(1, 600, () -> moved(partition, to));
        } else {
            from.router.revoked(
                    partition, () -> world.kafka.eventually(1, 50, () -> moved(partition, to)));
        }
        world.agenda.after(HAND_OVER_MS, () -> moved(partition, to));
    }

    private void moved(int partition, Member to) {
        if (movingByPartition[partition]) {
            movingByPartition[partition] = false;
            owners[partition] = null;
            if (members.contains(to)) {
                give(partition, to);
            } else {
                assign();
            }
        }
    }
}
