package io.lastmile.api.spans;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TraceParentTest {
    private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
    private static final String SPAN = "b7ad6b7169203331";

    @ParameterizedTest
    @CsvSource({"00,01,true", "00,00,false", "00,03,true", "cc,01-what-is-new,true"})
    void contextsAreRead(String version, String flags, boolean isSampled) {
        assertEquals(
                new TraceParent(TRACE, SPAN, isSampled),
                TraceParent.parse(version + "-" + TRACE + "-" + SPAN + "-" + flags));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "00",
                "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
                "00-00000000000000000000000000000000-b7ad6b7169203331-01",
                "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
                "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01"
            })
    void whatIsNoneIsNone(String text) {
        assertNull(TraceParent.parse(text));
    }

    @Test
    void theOldestContextGivesWay() {
        Contexts contexts = new Contexts(2);
        TraceParent one = new TraceParent(TRACE, SPAN, true);
        assertEquals(false, contexts.put(0, 1, one));
        assertEquals(false, contexts.put(0, 2, one));
        assertEquals(true, contexts.put(1, 1, one));
        assertNull(contexts.take(0, 1));
        assertEquals(one, contexts.take(0, 2));
        assertNull(contexts.take(0, 2));
        contexts.forget(1);
        assertNull(contexts.take(1, 1));
    }
}
