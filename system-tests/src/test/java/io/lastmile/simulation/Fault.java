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
    PARTITION_HANDED_OVER {
        @Override
        void strike(World world) {
            world.group.handOver(world.chance.count(0, world.plan.partitions - 1));
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
                world.trace.note(() -> "Kafka is away");
                world.kafka.stop();
                world.agenda.after(world.chance.between(100, 8_000), world::kafkaBack);
            }
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
    COMMIT_ANSWER_LOST {
        @Override
        void strike(World world) {
            world.chance.pick(world.partitions).transactions.loseNextAnswer();
        }
    };

    abstract void strike(World world);

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
