package io.lastmile.wire;

import io.lastmile.wire.record.MessageRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Draws valid values of the wire from one seed, bounds more often than chance would. */
public final class RandomValues {
    private static final String DEVICE_CHARS =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._:~@-";
    private static final String NODE_CHARS =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    private static final String[] PIECES = {"a", "Z", "0", " ", "=", "é", "ß", "中", "𝄞", "👍"};

    private final Random random;

    /** Values of this seed. */
    public RandomValues(long seed) {
        random = new Random(seed);
    }

    /** A whole number from least to most, both included; the bounds themselves are likely. */
    public long number(long least, long most) {
        return switch (random.nextInt(6)) {
            case 0 -> least;
            case 1 -> most;
            default ->
                    most == Long.MAX_VALUE
                            ? random.nextLong(least, most)
                            : random.nextLong(least, most + 1);
        };
    }

    /** As {@link #number}. */
    public int count(int least, int most) {
        return (int) number(least, most);
    }

    /** An offset in a log. */
    public long offset() {
        return number(0, Long.MAX_VALUE);
    }

    /** A time, or any number that may stand in its place. */
    public long time() {
        return number(-1, Long.MAX_VALUE);
    }

    /** True or false. */
    public boolean flag() {
        return random.nextBoolean();
    }

    /** One of these. */
    public <T> T oneOf(T[] values) {
        return values[random.nextInt(values.length)];
    }

    /** The drawn value or null. */
    public <T> @Nullable T orNull(Supplier<T> drawn) {
        return random.nextInt(3) == 0 ? null : drawn.get();
    }

    /** So many drawn values. */
    public <T> List<T> list(int least, int most, Supplier<T> drawn) {
        int size = count(least, most);
        List<T> values = new ArrayList<>(size);
        for (int i = 0; i < size; i++) {
            values.add(drawn.get());
        }
        return values;
    }

    /** Different texts. */
    public Set<String> names(int most) {
        Set<String> names = new HashSet<>();
        for (int i = count(0, most); i > 0; i--) {
            names.add(text(1, 12));
        }
        return names;
    }

    /** Text of so many characters (UTF-16 units), from one to four bytes each in UTF-8. */
    public String text(int least, int most) {
        int length = count(least, most);
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            String piece = oneOf(PIECES);
            text.append(text.length() + piece.length() > length ? "x" : piece);
        }
        return text.toString();
    }

    /** Bytes without meaning. */
    public byte[] bytes(int least, int most) {
        byte[] bytes = new byte[count(least, most)];
        random.nextBytes(bytes);
        return bytes;
    }

    /** A device id. */
    public DeviceId device() {
        String drawn = word(DEVICE_CHARS, DeviceId.LENGTH_MAX);
        return new DeviceId(DeviceId.isValid(drawn) ? drawn : "d"); // not . or ..
    }

    /** An incarnation. */
    public Incarnation incarnation() {
        return new Incarnation(word(NODE_CHARS, Incarnation.NODE_LENGTH_MAX), offset());
    }

    /** A session. */
    public SessionId session() {
        return new SessionId(incarnation(), number(1, Long.MAX_VALUE));
    }

    /** A message id. */
    public MessageId messageId() {
        return new MessageId(count(0, Integer.MAX_VALUE), offset());
    }

    /** A message with any of its attributes. */
    public Message message() {
        return new Message(
                device(),
                Payload.of(bytes(0, 300)),
                orNull(() -> text(1, 255)),
                flag() ? Message.ABSENT : number(0, MessageRecord.TTL_SECONDS_MAX),
                orNull(() -> text(1, 128)),
                oneOf(Urgency.values()),
                orNull(() -> text(1, 128)),
                flag() ? Message.ABSENT : number(0, 253_402_300_799_999L),
                orNull(this::control),
                orNull(this::messageId),
                flag() ? Message.ABSENT : number(0, 253_402_300_799_999L),
                orNull(this::messageId),
                orNull(() -> text(1, 256)),
                list(0, 64, () -> new Header("x" + text(0, 20), text(0, 40))));
    }

    private Control control() {
        ChannelName channel = channel();
        return switch (random.nextInt(3)) {
            case 0 -> new Control.Cancel(messageId());
            case 1 -> new Control.Join(channel, memberSource());
            default -> new Control.Leave(channel, memberSource());
        };
    }

    /** The name of a channel. */
    public ChannelName channel() {
        return new ChannelName(device().value());
    }

    /** A broadcast's id. */
    public BroadcastId broadcastId() {
        return new BroadcastId(offset());
    }

    /** A channel, or a condition over some: any of them, each perhaps without others. */
    public Audience audience() {
        StringBuilder text = new StringBuilder(channel().value());
        for (int left = count(0, Audience.NAMES_MAX - 1); left > 0; left--) {
            String next = oneOf(new String[] {" | ", "|", " & ", "&", " & !", "&!"});
            text.append(next).append(channel());
        }
        return Audience.parse(text.toString());
    }

    /** Where a membership may come from. */
    public MemberSource memberSource() {
        return switch (random.nextInt(3)) {
            case 0 -> MemberSource.API;
            case 1 -> MemberSource.DEVICE;
            default -> new MemberSource.OfSession(session(), offset());
        };
    }

    private String word(String alphabet, int most) {
        int length = count(1, most);
        StringBuilder word = new StringBuilder(length);
        for (int i = 0; i < length; i++) {
            word.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return word.toString();
    }
}
