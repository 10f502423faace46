package io.lastmile.wire;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostPortTest {
    @Test
    void namesAndAddressesAreTaken() {
        assertEquals(new HostPort("edge-1.example", 7400), HostPort.parse("edge-1.example:7400"));
        assertEquals(new HostPort("127.0.0.1", 1), HostPort.parse("127.0.0.1:1"));
        assertEquals(new HostPort("[::1]", 65_535), HostPort.parse("[::1]:65535"));
        assertEquals(new HostPort("fe80::1%eth0", 7400), HostPort.parse("fe80::1%eth0:7400"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                ":",
                "host",
                "host:",
                ":7400",
                "127.0.0.1:74000",
                "127.0.0.1:65536",
                "127.0.0.1:0",
                "127.0.0.1:-1",
                "127.0.0.1:+1",
                "127.0.0.1:7400 ",
                "a b:7400",
                "http://host:7400",
                "host:74\u0660",
                "\u0000:7400"
            })
    void everythingElseIsNot(String text) {
        assertNull(HostPort.parse(text));
    }

    @Test
    void aHostHasItsLength() {
        assertNull(HostPort.parse("h".repeat(256) + ":7400"));
    }
}
