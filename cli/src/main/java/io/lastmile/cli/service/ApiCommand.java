package io.lastmile.cli.service;

import io.lastmile.api.ApiMain;
import io.lastmile.api.ApiSettings;
import io.lastmile.node.AdminSettings;
import io.lastmile.node.Settings;
import io.lastmile.node.kafka.KafkaSettings;
import java.util.List;
import picocli.CommandLine.Command;

/** {@code lastmile api}. */
@Command(name = "api", description = "Runs the producer API: HTTP in, messages out to Kafka.")
public final class ApiCommand extends ServiceCommand {
    @Override
    int run(List<String> settings) throws InterruptedException {
        return ApiMain.run(settings);
    }

    @Override
    void read(Settings settings) {
        ApiSettings.from(settings);
        KafkaSettings.from(settings);
        AdminSettings.from(settings, ApiMain.ADMIN_PORT);
    }
}
