package io.lastmile.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.wire.Audience.All;
import io.lastmile.wire.Audience.Any;
import io.lastmile.wire.Audience.AudienceException;
import io.lastmile.wire.Audience.In;
import io.lastmile.wire.Audience.Not;
import io.lastmile.wire.Audience.Term;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who gets a broadcast: what a condition means, and what is said about one that means nothing. */
class AudienceTest {
    private static final Term A = in("a");
    private static final Term B = in("b");
    private static final Term C = in("c");

    private static In in(String channel) {
        return new In(new ChannelName(channel));
    }

    private static Term root(String text) {
        return Audience.parse(text).root();
    }

    @Test
    void notBindsStrongestThenAndThenOr() {
        assertEquals(new Any(List.of(A, new All(List.of(B, C)))), root("a|b&c"));
        assertEquals(new Any(List.of(new All(List.of(A, B)), C)), root("a&b|c"));
        assertEquals(new All(List.of(A, new Not(B), C)), root("a&!b&c"));
        assertEquals(new Any(List.of(A, new All(List.of(new Not(B), C)))), root("a|!b&c"));
        assertEquals(new All(List.of(A, new Not(new Not(B)))), root("a&!!b"));
    }

    @Test
    void parenthesesBindFirst() {
        assertEquals(new All(List.of(new Any(List.of(A, B)), C)), root("(a|b)&c"));
        assertEquals(new All(List.of(A, new Not(new Any(List.of(B, C))))), root("a&!(b|c)"));
        assertEquals(A, root("((a))"));
        assertEquals(new All(List.of(new All(List.of(A, B)), C)), root("(a&b)&c"));
    }

    @Test
    void spacesMeanNothingAndAreKeptForPeople() {
        Audience spaced = Audience.parse("  a &( b|!  c )  ");
        assertEquals(root("a&(b|!c)"), spaced.root());
        assertEquals("  a &( b|!  c )  ", spaced.toString());
    }

    @Test
    void aChannelIsACondition() {
        ChannelName channel = new ChannelName("user:alice@~._-9");
        assertEquals(Audience.of(channel), Audience.parse(channel.value()));
        assertEquals(Set.of(channel), Audience.of(channel).channels());
    }

    @Test
    void itsChannelsStandOnceInTheirOrder() {
        assertEquals("[c, a, b]", Audience.parse("c & (a | !b) & c & !a").channels().toString());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "'';1",
                "'  ';3",
                "a b;3",
                "a &;4",
                "'a & ';5",
                "& a;1",
                "a & & b;5",
                "a && b;4",
                "a || b;4",
                "a !b;3",
                "a, b;2",
                "(a;3",
                "(a | b;7",
                "a);2",
                "();2",
                "!;2",
                "a & !;6",
                "..;1",
                "a & .;5",
                "a & b/c;6",
                "ä;1",
                "a & bü;6"
            })
    void aRefusalSaysInWhichColumn(String text, int column) {
        AudienceException refusal =
                assertThrows(AudienceException.class, () -> Audience.parse(text));
        assertEquals(column, refusal.column(), refusal.getMessage());
        assertTrue(
                String.valueOf(refusal.getMessage()).startsWith("column " + column + ": "),
                refusal.getMessage());
    }

    @ParameterizedTest
    @ValueSource(strings = {"\n", "\t", "\u00e9", "\ud83d", "\u0000"})
    void aCharacterThatNobodySeesIsNamed(String character) {
        AudienceException refusal =
                assertThrows(AudienceException.class, () -> Audience.parse("a" + character));
        String named = "U+%04X".formatted((int) character.charAt(0));
        assertTrue(String.valueOf(refusal.getMessage()).endsWith(named), refusal.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"!a", "!a | b", "a | !a", "!(a & b)", "!!!a", "a | !(b | c)", "!a & !b"})
    void whoIsInNoneOfItsChannelsNeverBelongsToIt(String text) {
        AudienceException refusal =
                assertThrows(AudienceException.class, () -> Audience.parse(text));
        assertEquals(1, refusal.column());
        assertTrue(String.valueOf(refusal.getMessage()).contains("in none of its channels"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"!!a", "!(!a | b)", "a & !a", "!a & b", "(a | !b) & b"})
    void aNegationBesideAChannelIsFine(String text) {
        assertTrue(!Audience.parse(text).matches(_ -> false));
    }

    @Test
    void atMostEightNamesCountingRepeats() {
        Audience.parse("a|b|c|d|e|f|g|a");
        AudienceException refusal =
                assertThrows(AudienceException.class, () -> Audience.parse("a|b|c|d|e|f|g|h| a"));
        assertEquals(18, refusal.column());
        assertTrue(String.valueOf(refusal.getMessage()).contains("at most 8 channels"));
    }

    @Test
    void aNameIsAsLongAsOneOfADevice() {
        Audience.parse("x & " + "a".repeat(128));
        AudienceException refusal =
                assertThrows(
                        AudienceException.class, () -> Audience.parse("x & " + "a".repeat(129)));
        assertEquals(5, refusal.column());
        assertTrue(String.valueOf(refusal.getMessage()).contains(ChannelName.RULE));
    }

    @Test
    void itsLengthAndDepthAreBounded() {
        Audience.parse("a" + " ".repeat(Audience.LENGTH_MAX - 1));
        assertThrows(
                AudienceException.class,
                () -> Audience.parse("a" + " ".repeat(Audience.LENGTH_MAX)));
        Audience.parse("!".repeat(16) + "a");
        Audience.parse("(".repeat(16) + "a" + ")".repeat(16));
        AudienceException refusal =
                assertThrows(AudienceException.class, () -> Audience.parse("(".repeat(1_000)));
        assertEquals(18, refusal.column(), "behind the seventeenth");
        assertTrue(String.valueOf(refusal.getMessage()).contains("at most 16 levels"));
    }

    // Against a reference.

    /** A condition as a truth table over the channels a to d: bit n for who is in those of n. */
    private record Drawn(String text, int truth, int names) {
        static final int ALL = 0xffff;

        static Drawn of(RandomValues r, int depth) {
            return switch (depth == 0 ? 0 : r.count(0, 4)) {
                case 0, 1 -> name(r.count(0, 3));
                case 2 -> {
                    Drawn inner = of(r, depth - 1);
                    yield new Drawn("!(" + inner.text + ")", ~inner.truth & ALL, inner.names);
                }
                case 3 -> {
                    Drawn left = of(r, depth - 1);
                    Drawn right = of(r, depth - 1);
                    yield new Drawn(
                            left.enclosed() + spaced(r, "&") + right.enclosed(),
                            left.truth & right.truth,
                            left.names + right.names);
                }
                default -> {
                    Drawn left = of(r, depth - 1);
                    Drawn right = of(r, depth - 1);
                    yield new Drawn(
                            left.text + spaced(r, "|") + right.text,
                            left.truth | right.truth,
                            left.names + right.names);
                }
            };
        }

        private static Drawn name(int channel) {
            int truth = 0;
            for (int device = 0; device < 16; device++) {
                truth |= ((device >> channel) & 1) << device;
            }
            return new Drawn(String.valueOf((char) ('a' + channel)), truth, 1);
        }

        /** Or binds weakest: without parentheses only it would be read otherwise. */
        private String enclosed() {
            return text.contains("|") ? "(" + text + ")" : text;
        }

        private static String spaced(RandomValues r, String symbol) {
            return r.flag() ? symbol : " " + symbol + "  ";
        }
    }

    @Test
    void anyConditionMeansWhatItsTruthTableSays() {
        Set<Integer> truths = new TreeSet<>();
        Seeds.upTo(5_000)
                .forEach(seed -> {
                    Drawn drawn = Drawn.of(new RandomValues(seed), 4);
                    boolean matchesNobodysDevice = (drawn.truth & 1) != 0;
                    if (matchesNobodysDevice || drawn.names > Audience.NAMES_MAX) {
                        assertThrows(
                                AudienceException.class,
                                () -> Audience.parse(drawn.text),
                                () -> Seeds.replay(drawn.text, seed));
                        return;
                    }
                    Audience audience = Audience.parse(drawn.text);
                    for (int device = 0; device < 16; device++) {
                        Set<ChannelName> channels = channelsOf(device);
                        assertEquals(
                                ((drawn.truth >> device) & 1) != 0,
                                audience.matches(channels::contains),
                                () -> Seeds.replay(drawn.text + " of " + channels, seed));
                    }
                    truths.add(drawn.truth);
                });
        if (System.getProperty(Seeds.PROPERTY) == null) {
            assertTrue(truths.size() > 100, "different ones: " + truths.size());
        }
    }

    private static Set<ChannelName> channelsOf(int device) {
        return "abcd"
                .chars()
                .filter(name -> ((device >> (name - 'a')) & 1) != 0)
                .mapToObj(name -> new ChannelName(String.valueOf((char) name)))
                .collect(Collectors.toSet());
    }

    @Test
    void whateverIsGivenItIsReadOrRefusedWithAColumn() {
        String[] pieces = {"a", "b", "!", "&", "|", "(", ")", " ", ".", "/", "\u00e9", "\ud83d"};
        Seeds.upTo(20_000)
                .forEach(seed -> {
                    RandomValues r = new RandomValues(seed);
                    String text = String.join("", r.list(0, 20, () -> r.oneOf(pieces)));
                    try {
                        Audience audience = Audience.parse(text);
                        assertTrue(!audience.matches(_ -> false), text);
                        assertEquals(audience, Audience.parse(audience.text()));
                    } catch (AudienceException e) {
                        assertTrue(
                                e.column() >= 1 && e.column() <= text.length() + 1,
                                () -> Seeds.replay(text + " " + e.getMessage(), seed));
                    }
                });
    }
}
