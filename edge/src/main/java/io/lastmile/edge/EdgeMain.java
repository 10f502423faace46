package io.lastmile.edge;

import io.lastmile.node.ServiceMain;
import io.lastmile.node.kafka.KafkaSettings;
import java.util.List;

/** Runs an edge as a process of its own. */
public final class EdgeMain {
    /** The admin port unless set. */
    public static final int ADMIN_PORT = 9103;

    private EdgeMain() {}

    /** Takes settings as flags. */
    public static void main(String[] args) throws InterruptedException {
        System.exit(run(List.of(args)));
    }

    /** Runs until the process is told to stop; gives the exit status. */
    public static int run(List<String> flags) throws InterruptedException {
        return ServiceMain.run(
                "edge",
                flags,
                ADMIN_PORT,
                ground -> {
                    EdgeSettings edge = EdgeSettings.from(ground.settings());
                    KafkaSettings kafka = KafkaSettings.from(ground.settings());
                    ground.settings().refuseUnknown();
                    ground.lifecycle()
                            .start(
                                    "edge",
                                    new Edge(
                                            edge,
                                            kafka,
                                            ground.metrics(),
                                            ground.admin(),
                                            ground.clock()));
                });
    }
}
