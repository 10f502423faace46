package io.lastmile.cli;

import java.util.Arrays;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi.Text;
import picocli.CommandLine.Model.CommandSpec;

/**
 * A command's help in which lines end between words only. The parser's own also breaks inside what
 * has dots, colons or slashes, such as {@code api.keys} and times; so letters that no text has
 * stand for these while it lays out.
 */
final class WholeWords extends Help {
    private static final String MARKS = ".:/-,";
    private static final char FIRST = '\uE000';
    private static final Pattern INSIDE = Pattern.compile("(?<=\\S)[.:/,-](?=\\S)|(?<=\\()\\.");

    WholeWords(CommandSpec spec, ColorScheme colors) {
        super(spec, colors);
        String[] description = spec.usageMessage().description();
        spec.usageMessage()
                .description(
                        Arrays.stream(description).map(WholeWords::kept).toArray(String[]::new));
    }

    private static String kept(String text) {
        return INSIDE.matcher(text).replaceAll(WholeWords::standIn);
    }

    private static String standIn(MatchResult mark) {
        return Character.toString(FIRST + MARKS.indexOf(mark.group()));
    }

    private static String asWritten(String text) {
        String written = text;
        for (int i = 0; i < MARKS.length(); i++) {
            written = written.replace((char) (FIRST + i), MARKS.charAt(i));
        }
        return written;
    }

    private Text[][] kept(Text[][] rows) {
        for (Text[] row : rows) {
            int last = row.length - 1; // the description
            row[last] = colorScheme().text(kept(row[last].plainString()));
        }
        return rows;
    }

    @Override
    public IOptionRenderer createDefaultOptionRenderer() {
        IOptionRenderer usual = super.createDefaultOptionRenderer();
        return (option, labels, colors) -> kept(usual.render(option, labels, colors));
    }

    @Override
    public IParameterRenderer createDefaultParameterRenderer() {
        IParameterRenderer usual = super.createDefaultParameterRenderer();
        return (parameter, labels, colors) -> kept(usual.render(parameter, labels, colors));
    }

    @Override
    public String description(Object... parameters) {
        return asWritten(super.description(parameters));
    }

    @Override
    public String optionList() {
        return asWritten(super.optionList());
    }

    @Override
    public String parameterList() {
        return asWritten(super.parameterList());
    }

    @Override
    public String commandList() {
        return asWritten(super.commandList());
    }
}
