package io.lastmile.cli.service;

import io.lastmile.node.AdminSettings;
import io.lastmile.node.Settings;
import io.lastmile.node.kafka.KafkaSettings;
import io.lastmile.router.RouterMain;
import io.lastmile.router.RouterSettings;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code lastmile router}. */
@Command(
        name = "router",
        description = "Runs a router: it takes partitions and brings each message to its outcome.")
public final class RouterCommand extends ServiceCommand {
    @Override
    int run(List<String> settings) throws InterruptedException {
        return RouterMain.run(settings);
    }

    @Override
    void read(Settings settings) {
        RouterSettings.from(settings);
        KafkaSettings.from(settings);
        AdminSettings.from(settings, RouterMain.ADMIN_PORT);
    }
}
