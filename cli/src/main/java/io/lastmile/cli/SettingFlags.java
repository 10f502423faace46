package io.lastmile.cli;

import java.util.ArrayList;
import java.util.List;

/** The flags that are settings, told from a command's own options by the dot in their name. */
public final class SettingFlags {
    private SettingFlags() {}

    /**
     * Writes {@code --a.b value} as {@code --a.b=value}, so that a value is never taken for a
     * parameter of the command.
     */
    static List<String> joined(List<String> arguments) {
        List<String> joined = new ArrayList<>();
        for (int i = 0; i < arguments.size(); i++) {
            String argument = arguments.get(i);
            boolean alone = isSetting(argument) && !argument.contains("=");
            if (alone && i + 1 < arguments.size() && !arguments.get(i + 1).startsWith("--")) {
                joined.add(argument + "=" + arguments.get(++i));
            } else {
                joined.add(argument);
            }
        }
        return joined;
    }

    /**
     * The arguments that no option took, all of which must be settings.
     *
     * @throws CommandException naming the first that is none
     */
    public static List<String> checked(List<String> unmatched) {
        for (String argument : unmatched) {
            if (!isSetting(argument)) {
                throw CommandException.usage(
                        argument.startsWith("-")
                                ? "there is no option " + argument
                                : "what is '" + argument + "'? It is no option of this command");
            }
        }
        return unmatched;
    }

    /** Whether these are settings and nothing else. */
    static boolean areAll(List<String> arguments) {
        return arguments.stream().allMatch(SettingFlags::isSetting);
    }

    private static boolean isSetting(String argument) {
        int equals = argument.indexOf('=');
        String name = equals < 0 ? argument : argument.substring(0, equals);
        return name.startsWith("--") && (name.indexOf('.') > 0 || name.equals("--config"));
    }
}
