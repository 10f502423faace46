package io.lastmile.wire;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Who gets a broadcast: a channel, or a condition over channels such as {@code weather-berlin &
 * (android | ios) & !beta}. {@code !} binds strongest, then {@code &}, then {@code |}; spaces mean
 * nothing. At most {@value #NAMES_MAX} names, and never true of a device that is in none of them.
 *
 * @param text as it was given, the way it is shown to people
 * @param root what it says
 */
public record Audience(String text, Term root) {
    /** The most names in a condition, counting repeats. */
    public static final int NAMES_MAX = 8;

    /** The longest condition, in characters. */
    public static final int LENGTH_MAX = 1_200;

    /** What to tell somebody whose condition was refused, beside where it is wrong. */
    public static final String RULE =
            "a channel, or a condition of at most "
                    + NAMES_MAX
                    + " channels with & | ! and parentheses";

    /** A part of a condition. */
    public sealed interface Term {}

    /** In this channel. */
    public record In(ChannelName channel) implements Term {}

    /** Not that. */
    public record Not(Term term) implements Term {}

    /** All of these: two or more. */
    public record All(List<Term> terms) implements Term {
        public All {
            terms = List.copyOf(terms);
        }
    }

    /** Any of these: two or more. */
    public record Any(List<Term> terms) implements Term {
        public Any {
            terms = List.copyOf(terms);
        }
    }

    /** Why a text is no audience, and where. */
    public static final class AudienceException extends IllegalArgumentException {
        private static final long serialVersionUID = 1L;

        private final int column;

        AudienceException(int column, String problem) {
            super("column " + column + ": " + problem);
            this.column = column;
        }

        /** The place of the fault in the text, from 1. */
        public int column() {
            return column;
        }
    }

    /** The audience of one channel. */
    public static Audience of(ChannelName channel) {
        return new Audience(channel.value(), new In(channel));
    }

    /**
     * Reads a channel or a condition.
     *
     * @throws AudienceException saying what is wrong in which column
     */
    public static Audience parse(String text) {
        if (text.length() > LENGTH_MAX) {
            throw new AudienceException(
                    LENGTH_MAX + 1, "at most " + LENGTH_MAX + " characters are allowed");
        }
        return new Audience(text, new Parser(text).parse());
    }

    /** The channels that it names, each once, in their order. */
    public Set<ChannelName> channels() {
        Set<ChannelName> names = new LinkedHashSet<>();
        collect(root, names);
        return names;
    }

    private static void collect(Term term, Set<ChannelName> names) {
        switch (term) {
            case In(var channel) -> names.add(channel);
            case Not(var inner) -> collect(inner, names);
            case All(var terms) -> terms.forEach(inner -> collect(inner, names));
            case Any(var terms) -> terms.forEach(inner -> collect(inner, names));
        }
    }

    /** Whether a device belongs to it that is in those channels. */
    public boolean matches(Predicate<ChannelName> isIn) {
        return matches(root, isIn);
    }

    private static boolean matches(Term term, Predicate<ChannelName> isIn) {
        return switch (term) {
            case In(var channel) -> isIn.test(channel);
            case Not(var inner) -> !matches(inner, isIn);
            case All(var terms) -> terms.stream().allMatch(inner -> matches(inner, isIn));
            case Any(var terms) -> terms.stream().anyMatch(inner -> matches(inner, isIn));
        };
    }

    @Override
    public String toString() {
        return text;
    }

    /** Recursive descent; what it can recurse into is bounded by the text's length. */
    private static final class Parser {
        private static final int DEPTH_MAX = 16;

        private final String text;
        private int at;
        private int names;
        private int depth;

        Parser(String text) {
            this.text = text;
        }

        Term parse() {
            Term term = any();
            skipSpaces();
            if (at < text.length()) {
                throw fault("expected & or | or the end, not " + shown(text.codePointAt(at)));
            }
            if (Audience.matches(term, _ -> false)) {
                throw new AudienceException(
                        1, "it is true of devices in none of its channels: name one to be in");
            }
            return term;
        }

        private Term any() {
            List<Term> terms = new ArrayList<>();
            do {
                terms.add(all());
            } while (takes('|'));
            return terms.size() == 1 ? terms.getFirst() : new Any(terms);
        }

        private Term all() {
            List<Term> terms = new ArrayList<>();
            do {
                terms.add(one());
            } while (takes('&'));
            return terms.size() == 1 ? terms.getFirst() : new All(terms);
        }

        private Term one() {
            if (depth++ > DEPTH_MAX) { // a name is a level of its own
                throw fault("at most " + DEPTH_MAX + " levels of ! and parentheses are allowed");
            }
            Term term = deeper();
            depth--;
            return term;
        }

        private Term deeper() {
            if (takes('!')) {
                return new Not(one());
            }
            if (takes('(')) {
                Term inner = any();
                if (!takes(')')) {
                    throw fault("expected )");
                }
                return inner;
            }
            return new In(name());
        }

        private ChannelName name() {
            skipSpaces();
            int start = at;
            while (at < text.length() && ChannelName.isValid("a" + text.charAt(at))) {
                at++;
            }
            String name = text.substring(start, at);
            if (name.isEmpty()) {
                throw fault("expected a channel name, ! or (");
            }
            if (!ChannelName.isValid(name)) {
                at = start;
                throw fault(ChannelName.RULE);
            }
            if (++names > NAMES_MAX) {
                at = start;
                throw fault("at most " + NAMES_MAX + " channels are allowed");
            }
            return new ChannelName(name);
        }

        private boolean takes(char symbol) {
            skipSpaces();
            boolean there = at < text.length() && text.charAt(at) == symbol;
            at += there ? 1 : 0;
            return there;
        }

        private void skipSpaces() {
            while (at < text.length() && text.charAt(at) == ' ') {
                at++;
            }
        }

        /** It is named rather than repeated where nobody would see it. */
        private static String shown(int character) {
            return character > ' ' && character < 0x7f
                    ? "'" + (char) character + "'"
                    : "U+%04X".formatted(character);
        }

        private AudienceException fault(String problem) {
            return new AudienceException(at + 1, problem);
        }
    }
}
