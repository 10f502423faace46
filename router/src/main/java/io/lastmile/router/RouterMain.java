package io.lastmile.router;

import io.lastmile.node.ServiceMain;
import io.lastmile.node.kafka.KafkaSettings;
import java.util.List;

/** A router as a process of its own. */
public final class RouterMain {
    /** The admin port unless set. */
    public static final int ADMIN_PORT = 9102;

    private RouterMain() {}

    /**
     * Runs until told to stop.
     *
     * @return the exit status, see {@link ServiceMain#run}
     */
    public static int run(List<String> flags) throws InterruptedException {
        return ServiceMain.run(
                "router",
                flags,
                ADMIN_PORT,
                ground -> {
                    RouterSettings settings = RouterSettings.from(ground.settings());
                    KafkaSettings kafka = KafkaSettings.from(ground.settings());
                    ground.settings().refuseUnknown();
                    ground.lifecycle()
                            .start(
                                    "router",
                                    new Router(
                                            settings,
                                            kafka,
                                            ground.metrics(),
                                            ground.admin(),
                                            ground.clock()));
                });
    }
}
