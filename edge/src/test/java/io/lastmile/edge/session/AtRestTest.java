package io.lastmile.edge.session;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What an edge keeps of an idle, subscribed device. */
class AtRestTest {
    /** With compact headers and compressed references, as the launcher sets them. */
    private static final int HEADER_BYTES = 8;

    private static final int REFERENCE_BYTES = 4;

    private static long bytes(Class<?> type) {
        long bytes = HEADER_BYTES;
        for (Field field : type.getDeclaredFields()) {
            if (!Modifier.isStatic(field.getModifiers())) {
                bytes += bytes(field.getType(), field);
            }
        }
        return (bytes + 7) / 8 * 8;
    }

    private static int bytes(Class<?> type, Field field) {
        if (!type.isPrimitive()) {
            return REFERENCE_BYTES;
        }
        return switch (type.getName()) {
            case "long", "double" -> Long.BYTES;
            case "int", "float" -> Integer.BYTES;
            case "char", "short" -> Character.BYTES;
            case "byte", "boolean" -> Byte.BYTES;
            default -> throw new AssertionError(field.toString());
        };
    }

    @Test
    void aDeviceWithoutChannelsTakesWhatItTookBeforeThereWereAny() {
        assertEquals(56, bytes(DeviceHeart.class));
        assertEquals(56, bytes(Session.class));
    }

    private static @Nullable Object read(Object of, String name)
            throws ReflectiveOperationException {
        Field field = of.getClass().getDeclaredField(name);
        field.setAccessible(true);
        return field.get(of);
    }

    @Test
    void nothingIsLeftOfACopy() throws ReflectiveOperationException {
        HeartWorld world = new HeartWorld();
        DeviceHeart heart = world.subscribed(5, 1);
        world.giveCopy(heart, 11, 44, "news");
        world.read(heart, new ClientPacket.Puback(world.session().packetId(11), 0));
        world.confirm();
        assertNull(read(world.session(), "underWay"));
        assertNull(read(heart, "outbox"));
        assertNull(heart.subscriptions().channels());
    }
}
