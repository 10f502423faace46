package io.lastmile.cli.service;

import io.lastmile.node.Settings;
import io.lastmile.node.SettingsManual;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The page docs/configuration.md, made from what the services ask for. */
public final class ConfigurationPage {
    private ConfigurationPage() {}

    /**
     * The page.
     *
     * @param dev what only {@code dev} asks for
     */
    public static String text(List<Settings.Row> dev) {
        Map<String, List<Settings.Row>> byService = new LinkedHashMap<>();
        byService.put("API", new ApiCommand().settings());
        byService.put("Router", new RouterCommand().settings());
        byService.put("Edge", new EdgeCommand().settings());
        Set<Settings.Row> common = new LinkedHashSet<>(new ApiCommand().settings());
        byService.values().forEach(common::retainAll);

        StringBuilder page = new StringBuilder(16_384);
        page.append(
                """
                # Configuration

                This page is made from the code: a test fails where it differs.

                A setting has one name. `edge.mqtt.port` is

                - the flag `--edge.mqtt.port=1883`, which goes before
                - the variable `LASTMILE_EDGE_MQTT_PORT=1883` of the environment, which goes before
                - the line `edge.mqtt.port=1883` in the properties file that `--config FILE` names.

                A flag or a line that is no setting is an error, with the nearest name. Durations are written
                `500ms`, `10s`, `5m`, `2h`, `3d`; sizes `1000`, `256KiB`, `4MiB`. `lastmile dev` takes the
                settings of all services.
                """);
        section(page, "Every service", List.copyOf(common));
        byService.forEach((service, rows) -> {
            section(page, service, rows.stream().filter(row -> !common.contains(row)).toList());
        });
        section(page, "Only dev", dev);
        return page.toString();
    }

    private static void section(StringBuilder page, String title, List<Settings.Row> rows) {
        page.append("\n## ").append(title).append("\n\n").append(SettingsManual.table(rows));
    }
}
