package io.lastmile.cli;

import io.lastmile.node.Settings;
import io.lastmile.node.kafka.KafkaSettings;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** Which Kafka a tool works with. Any other setting {@code kafka.*} goes to the client as it is. */
public final class KafkaOptions {
    @Option(
            names = "--kafka.bootstrap",
            paramLabel = "HOST:PORT",
            description =
                    "The Kafka to use; 127.0.0.1:9092, that of dev, unless the environment (LASTMILE_KAFKA_BOOTSTRAP) or --config says otherwise. Any other --kafka.* goes to the client.")
    private String bootstrap = "";

    /**
     * The settings from flags, environment and file.
     *
     * @param rest what no option of the command took; the command holds it, because picocli does
     *     not fill a list of unmatched arguments in a mixin
     */
    public KafkaSettings settings(List<String> rest) {
        return KafkaSettings.from(read(rest));
    }

    /** Whether payloads may be shown, unless somebody set {@code tail.payloads} to false. */
    public boolean showsPayloads(List<String> rest) {
        return read(rest).flag("tail.payloads", true, "whether lastmile tail shows payloads");
    }

    private Settings read(List<String> rest) {
        List<String> flags = new ArrayList<>(SettingFlags.checked(rest));
        if (!bootstrap.isEmpty()) {
            flags.add("--kafka.bootstrap=" + bootstrap);
        }
        return Settings.read(flags, System.getenv());
    }
}
