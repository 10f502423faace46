package io.lastmile.simulation;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Something that goes wrong, and after a while is over. */
enum Fault {
    ROUTER_KILLED {
        @Override
        void strike(World world) {
            restartLater(world, servingOf(world, world.routers), 100, 5_000);
        }
    },
    ROUTER_PAUSED {
        @Override
        void strike(World world) {
            pause(world, servingOf(world, world.routers), 100, 8_000);
        }
    },
    ROUTER_STOPPED {
        @Override
        void strike(World world) {
            SimulatedRouter router = servingOf(world, world.routers);
            if (router != null) {
                router.stopInOrder();
            }
        }
    },
    ROUTERS_RESTARTED {
        @Override
        void strike(World world) {
            for (SimulatedRouter router : world.routers) {
                if (router.isServing()) {
                    restartLater(world, router, 10, 1_500);
                }
            }
        }
    },
    ROUTER_HEARTBEATS_FAIL {
        @Override
        void strike(World world) {
            world.chance.pick(world.routers).failToBeat(world.chance.between(500, 8_000));
        }
    },
    LIVING_ROUTER_IS_GONE {
        @Override
        void strike(World world) {
            world.chance.pick(world.routers).declaredGoneInError();
        }
    },
    EDGE_KILLED {
        @Override
        void strike(World world) {
            restartLater(world, servingOf(world, world.edges), 100, 6_000);
        }
    },
    EDGE_PAUSED_BRIEFLY {
        @Override
        void strike(World world) {
            pause(world, servingOf(world, world.edges), 50, 1_500);
        }
    },
    EDGE_PAUSED_UNTIL_GONE {
        @Override
        void strike(World world) {
            pause(world, servingOf(world, world.edges), 4_000, 9_000);
        }
    },
    DEVICE_VANISHES {
        @Override
        void strike(World world) {
            world.chance.pick(world.devices).vanish(world.chance.between(0, 8_000));
        }
    },
    DEVICE_DISCONNECTS {
        @Override
        void strike(World world) {
            world.chance.pick(world.devices).disconnect(world.chance.between(0, 8_000));
        }
    },
    DEVICE_CONNECTS_ONCE_MORE {
        @Override
        void strike(World world) {
            world.chance.pick(world.devices).connectOnceMore();
        }
    },
    HOP_CUT {
        @Override
        void strike(World world) {
            world.chance.pick(world.routers).cutHop();
        }
    },
    HOP_STALLED {
        @Override
        void strike(World world) {
            world.chance.pick(world.routers).stallHop(world.chance.between(50, 6_000));
        }
    },
    KAFKA_AWAY {
        @Override
        void strike(World world) {
            if (world.kafka.isUp()) {
                world.kafkaStops();
                world.agenda.after(world.chance.between(100, 8_000), () -> world.kafkaBack(0));
            }
        }
    },
    /** Nodes notice its return at different moments. */
    KAFKA_RETURNS_UNEVENLY {
        @Override
        void strike(World world) {
            if (world.kafka.isUp()) {
                world.kafkaStops();
                world.agenda.after(
                        world.chance.between(2_500, 8_000), () -> world.kafkaBack(4_000));
            }
        }
    },
    BEATS_LATE {
        @Override
        void strike(World world) {
            world.chance.pick(world.all()).beatLate(world.chance.between(1_000, 8_000));
        }
    },
    /** Routers have different views of who lives. */
    NODES_READ_LATE {
        @Override
        void strike(World world) {
            world.chance.pick(world.routers).readNodesLate(world.chance.between(500, 9_000));
        }
    },
    CLAIMER_ASLEEP {
        @Override
        void strike(World world) {
            world.chance.pick(world.routers).sleepBeforeFencing(world.chance.between(500, 8_000));
        }
    },
    /** One router's claims of one partition fail for ever: another has to own it. */
    CLAIMS_FAIL {
        @Override
        void strike(World world) {
            if (world.routers.stream().allMatch(SimulatedRouter::canClaimAll)) {
                world.chance
                        .pick(world.routers)
                        .cannotClaim(world.chance.count(0, world.plan.partitions - 1));
            }
        }
    },
    /** The next claim is interrupted by another router's leave or return. */
    ROUTERS_CHANGE_IN_CLAIM {
        @Override
        void strike(World world) {
            boolean inOrder = world.chance.percent(50);
            world.whenClaimBegins(claimer -> {
                SimulatedRouter other = world.chance.pick(world.routers);
                if (!other.isAlive()) {
                    other.start();
                } else if (inOrder) {
                    other.stopInOrder();
                } else if (other != claimer) {
                    restartLater(world, other, 100, 3_000);
                }
            });
        }
    },
    /** One after the other, each once the one before is back. */
    ROUTERS_RESTARTED_IN_TURN {
        @Override
        void strike(World world) {
            stopInTurn(world, 0);
        }
    },
    /** One router dies in its first moments, again and again. */
    ROUTER_RESTARTED_IN_A_BURST {
        @Override
        void strike(World world) {
            SimulatedRouter router = world.chance.pick(world.routers);
            burst(world, router, world.chance.count(2, 5));
        }
    },
    KAFKA_SLOW {
        @Override
        void strike(World world) {
            world.kafka.slowness(world.chance.count(2, 60));
            world.agenda.after(world.chance.between(100, 5_000), () -> world.kafka.slowness(1));
        }
    },
    EVENTS_READ_LATE {
        @Override
        void strike(World world) {
            world.chance.pick(world.routers).readEventsLate(world.chance.between(500, 8_000));
        }
    },
    TRANSACTION_ABORTED {
        @Override
        void strike(World world) {
            world.chance.pick(world.partitions).transactions.abortNext();
        }
    },
    EDGE_DRAINED {
        @Override
        void strike(World world) {
            SimulatedEdge edge = servingOf(world, world.edges);
            if (edge != null) {
                long atMostMs = 6_000;
                edge.drain(atMostMs);
                int life = edge.life();
                world.agenda.after(
                        atMostMs + world.chance.between(100, 4_000),
                        () -> {
                            if (!edge.isAlive() && edge.life() == life) {
                                edge.start();
                            }
                        });
            }
        }
    },
    EDGE_UNREACHABLE {
        @Override
        void strike(World world) {
            world.chance.pick(world.edges).unreachable(world.chance.between(500, 15_000));
        }
    },
    EVENTS_FAIL {
        @Override
        void strike(World world) {
            SimulatedDevice device = world.chance.pick(world.devices);
            world.chance.pick(world.edges).failToWrite(world.chance.between(200, 4_000));
            world.agenda.after(world.chance.between(0, 1_000), device::connectOnceMore);
        }
    },
    CLOCK_SET {
        @Override
        void strike(World world) {
            if (world.plan.has(Trait.PROCESS_CLOCKS)) {
                world.chance.pick(world.routers).setClock();
                world.chance.pick(world.edges).setClock();
            }
        }
    },
    LEADERS_MOVE {
        @Override
        void strike(World world) {
            world.kafka.moveLeaders();
        }
    },
    LOGS_COMPACTED {
        @Override
        void strike(World world) {
            world.figures.count("compacted");
            long longAgoMs = world.agenda.nowMs() - World.CLEANER_WAITS_MS;
            long nowMs = world.agenda.nowMs();
            world.nodes.compact(longAgoMs, nowMs, World.TOMBSTONES_KEPT_MS);
            for (PartitionLogs logs : world.partitions) {
                logs.inbox.compact(Long.MAX_VALUE, nowMs, World.TOMBSTONES_KEPT_MS);
                logs.presence.compact(Long.MAX_VALUE, nowMs, World.TOMBSTONES_KEPT_MS);
                logs.members.compact(Long.MAX_VALUE, nowMs, World.TOMBSTONES_KEPT_MS);
            }
        }
    },
    RETENTION {
        @Override
        void strike(World world) {
            PartitionLogs logs = world.chance.pick(world.partitions);
            if (world.chance.percent(50)) {
                retain(world, logs.events);
            } else if (world.plan.has(Trait.BROADCASTS) && world.chance.percent(50)) {
                retain(world, world.broadcasts);
                world.books.broadcasts().retained(world.broadcasts.start());
            } else if (world.plan.has(Trait.BROADCASTS)) {
                // What is lost of joins and marks that nobody has read, nobody can tell.
                logs.messages.deleteBefore(world.books.broadcasts().watermark(logs.partition));
                world.books.retained(logs.partition, logs.messages.start());
            } else {
                retain(world, logs.messages);
                world.books.retained(logs.partition, logs.messages.start());
            }
        }
    },
    COMMIT_ANSWER_LOST {
        @Override
        void strike(World world) {
            world.chance.pick(world.partitions).transactions.loseNextAnswer();
        }
    };

    abstract void strike(World world);

    /** Mostly only the older half of the log goes, as it should be, and now and then nearly all. */
    private static void retain(World world, SimulatedLog<?> log) {
        long left = log.end() - log.start();
        log.deleteBefore(
                log.start()
                        + (world.chance.percent(70)
                                ? world.chance.between(0, left / 2)
                                : left - world.chance.between(0, Math.min(left, 10))));
    }

    private static void stopInTurn(World world, int at) {
        if (at < world.routers.size() && world.mayFail(ROUTERS_RESTARTED_IN_TURN)) {
            world.routers.get(at).stopInOrder();
            world.agenda.after(world.chance.between(2_000, 9_000), () -> stopInTurn(world, at + 1));
        }
    }

    private static void burst(World world, SimulatedRouter router, int times) {
        if (times > 0 && router.isServing() && world.mayFail(ROUTER_RESTARTED_IN_A_BURST)) {
            restartLater(world, router, 10, 300);
            world.agenda.after(
                    world.chance.between(400, 2_500), () -> burst(world, router, times - 1));
        }
    }

    private static <P extends SimulatedProcess> @Nullable P servingOf(World world, List<P> all) {
        List<P> serving = all.stream().filter(SimulatedProcess::isServing).toList();
        return serving.isEmpty() ? null : world.chance.pick(serving);
    }

    private static void restartLater(
            World world, @Nullable SimulatedProcess process, long minMs, long maxMs) {
        if (process != null) {
            process.kill();
            world.agenda.after(
                    world.chance.between(minMs, maxMs),
                    () -> {
                        if (!process.isAlive()) {
                            process.start();
                        }
                    });
        }
    }

    private static void pause(
            World world, @Nullable SimulatedProcess process, long minMs, long maxMs) {
        if (process != null) {
            process.pause();
            int life = process.life();
            world.agenda.after(
                    world.chance.between(minMs, maxMs),
                    () -> {
                        if (process.isPaused() && process.life() == life) {
                            process.resume();
                        }
                    });
        }
    }
}
