package io.lastmile.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class PayloadTest {
    @Test
    void isEqualByItsBytes() {
        assertEquals(
                Payload.ofText("häuser"), Payload.of(Payload.ofText("häuser").bytes().clone()));
        assertEquals(Payload.EMPTY, Payload.of(new byte[0]));
        assertNotEquals(Payload.ofText("a"), Payload.ofText("b"));
        assertEquals("häuser", Payload.ofText("häuser").text());
        assertTrue(Payload.ofText("a").buffer().isReadOnly());
    }

    @Test
    void neverShowsItsContent() {
        assertFalse(Payload.ofText("secret").toString().contains("secret"));
        Message message = Message.plain(new DeviceId("phone-1"), Payload.ofText("secret"));
        assertFalse(message.toString().contains("secret"));
    }

    @Test
    void anAttributeCannotPassForARegisteredHeader() {
        for (MessageHeader header : MessageHeader.values()) {
            List<Header> attributes = List.of(new Header(header.headerName(), "1"));
            assertThrows(
                    IllegalArgumentException.class,
                    () ->
                            new Message(
                                    new DeviceId("phone-1"),
                                    Payload.EMPTY,
                                    null,
                                    Message.ABSENT,
                                    null,
                                    Urgency.NORMAL,
                                    null,
                                    Message.ABSENT,
                                    null,
                                    null,
                                    Message.ABSENT,
                                    null,
                                    null,
                                    attributes));
        }
    }
}
