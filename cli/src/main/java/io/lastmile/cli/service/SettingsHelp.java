package io.lastmile.cli.service;

import io.lastmile.node.Settings;
import java.util.List;

/** The settings of a service, as its help shows them. */
public final class SettingsHelp {
    private SettingsHelp() {}

    /** Two lines a setting: the flag with its default, and what it is. */
    public static String text(List<Settings.Row> rows) {
        StringBuilder out = new StringBuilder(rows.size() * 128);
        out.append(
                """

                Settings. Each is a flag, --key=value; a variable, LASTMILE_KEY with _ for . and -; or
                a line key=value in the properties file that --config FILE names; in that order.

                """);
        for (Settings.Row row : rows) {
            out.append("  --").append(row.key());
            if (!row.byDefault().isEmpty()) {
                out.append('=').append(row.byDefault());
            }
            out.append("\n      ")
                    .append(row.description())
                    .append(" (")
                    .append(row.allowed())
                    .append(")\n");
        }
        return out.toString();
    }
}
