package io.lastmile.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BytesReaderTest {
    @ParameterizedTest
    @ValueSource(
            longs = {
                0,
                1,
                127,
                128,
                16_383,
                16_384,
                Integer.MAX_VALUE,
                Long.MAX_VALUE - 1,
                Long.MAX_VALUE
            })
    void countsOfEverySize(long count) {
        byte[] bytes = new BytesWriter(16).count(count).toBytes();
        assertEquals(count, new BytesReader(bytes).count("count"));
        assertTrue(bytes.length <= 9);
    }

    @Test
    void aCountHasAtMostNineBytes() {
        byte[] ten = {-1, -1, -1, -1, -1, -1, -1, -1, -1, 1};
        refused("count", ten, in -> in.count("count"));
    }

    @Test
    void aCountOfThingsMustFitWhatIsLeft() {
        byte[] bytes = new BytesWriter(16).count(3).raw(new byte[5]).toBytes();
        assertEquals(3, new BytesReader(bytes).countOf("things", 1));
        refused("things", bytes, in -> in.countOf("things", 2));
        byte[] most = new BytesWriter(16).count(Long.MAX_VALUE).toBytes();
        refused("things", most, in -> in.countOf("things", 26)); // times 26 it overflows
    }

    @Test
    void textIsUtf8AndNothingElse() {
        byte[] overlong = {2, (byte) 0xc0, (byte) 0x80};
        refused("name", overlong, in -> in.text("name"));
        byte[] surrogate = {3, (byte) 0xed, (byte) 0xa0, (byte) 0x80};
        refused("name", surrogate, in -> in.text("name"));
        byte[] cutOff = {2, (byte) 0xe4, (byte) 0xb8};
        refused("name", cutOff, in -> in.text("name"));
    }

    @Test
    void aRefusalNamesTheField() {
        refused("flag", new byte[] {2}, in -> in.flag("flag"));
        refused("device", new byte[] {0}, in -> in.device("device"));
        refused("edge", new byte[] {0, 0, 0, 0, 0, 0, 0, 0, 0}, in -> in.incarnation("edge"));
        refused("session", new byte[8], in -> in.sessionNumber("session"));
        byte[] negative = new BytesWriter(16).i64(-1).toBytes();
        refused("offset", negative, in -> in.offset("offset"));
        refused("record", new byte[1], in -> in.end("record"));
    }

    private static void refused(String field, byte[] bytes, Consumer<BytesReader> read) {
        MalformedException refusal =
                assertThrows(MalformedException.class, () -> read.accept(new BytesReader(bytes)));
        assertEquals(field, refusal.field());
        assertTrue(refusal.toString().contains(": " + field + ": "), refusal.toString());
    }
}
