package io.lastmile.cli;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Options that choose among all there is. Empty they would choose nobody or everybody, depending on
 * who reads it, and most often a variable in a script had no value: so they are refused.
 */
public final class Selected {
    private Selected() {}

    /**
     * The values of an option that takes several, with commas between or by being given again.
     *
     * @throws CommandException where one is empty
     */
    public static List<String> each(String option, List<String> given) {
        List<String> each = new ArrayList<>();
        for (String some : given) {
            for (String one : some.split(",", -1)) { // a comma alone is two that are empty
                notEmpty(option, one);
                each.add(one);
            }
        }
        return each;
    }

    /**
     * Refuses an empty value.
     *
     * @throws CommandException naming the option
     */
    public static void notEmpty(String option, @Nullable String value) {
        if (value != null && value.isEmpty()) {
            throw CommandException.usage(option + " is empty: say which, or leave it out");
        }
    }
}
