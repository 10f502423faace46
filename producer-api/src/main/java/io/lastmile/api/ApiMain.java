package io.lastmile.api;

import io.lastmile.node.ServiceMain;
import io.lastmile.node.kafka.KafkaSettings;
import java.util.List;

/** The API as a process of its own. */
public final class ApiMain {
    /** The admin port unless set. */
    public static final int ADMIN_PORT = 9101;

    private ApiMain() {}

    /** Runs it until the process is told to stop; arguments are {@code --key=value}. */
    public static void main(String[] arguments) throws InterruptedException {
        System.exit(run(List.of(arguments)));
    }

    /** As {@link #main}, giving the exit status. */
    public static int run(List<String> flags) throws InterruptedException {
        return ServiceMain.run(
                "api",
                flags,
                ADMIN_PORT,
                ground -> {
                    ApiSettings api = ApiSettings.from(ground.settings());
                    KafkaSettings kafka = KafkaSettings.from(ground.settings());
                    ground.settings().refuseUnknown();
                    ground.lifecycle()
                            .start(
                                    "api",
                                    new Api(
                                            api,
                                            kafka,
                                            ground.metrics(),
                                            ground.admin(),
                                            ground.clock()));
                });
    }
}
