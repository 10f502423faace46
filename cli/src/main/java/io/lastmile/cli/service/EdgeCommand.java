package io.lastmile.cli.service;

import io.lastmile.edge.EdgeMain;
import io.lastmile.edge.EdgeSettings;
import io.lastmile.node.AdminSettings;
import io.lastmile.node.Settings;
import io.lastmile.node.kafka.KafkaSettings;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code lastmile edge}. */
@Command(name = "edge", description = "Runs an edge: it holds the devices' MQTT connections.")
public final class EdgeCommand extends ServiceCommand {
    @Override
    int run(List<String> settings) throws InterruptedException {
        return EdgeMain.run(settings);
    }

    @Override
    void read(Settings settings) {
        EdgeSettings.from(settings);
        KafkaSettings.from(settings);
        AdminSettings.from(settings, EdgeMain.ADMIN_PORT);
    }
}
