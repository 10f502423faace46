package io.lastmile.node;

import java.util.List;

/** The page docs/configuration.md, made from the rows that the code records. */
public final class SettingsManual {
    private SettingsManual() {}

    /** A Markdown table of the rows. */
    public static String table(List<Settings.Row> rows) {
        StringBuilder out = new StringBuilder(rows.size() * 128);
        out.append("| setting | default | allowed | what it is |\n|---|---|---|---|\n");
        for (Settings.Row row : rows) {
            out.append("| `")
                    .append(row.key())
                    .append("` | ")
                    .append(row.byDefault().isEmpty() ? "" : "`" + cell(row.byDefault()) + "`")
                    .append(" | ")
                    .append(cell(row.allowed()))
                    .append(" | ")
                    .append(cell(row.description()))
                    .append(" |\n");
        }
        return out.toString();
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }
}
