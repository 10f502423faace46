package io.lastmile.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PathSegmentsTest {
    @Test
    void segmentsAreDecodedOneByOne() {
        assertEquals(List.of("v1", "devices", "a@b"), PathSegments.of("/v1/devices/a%40b"));
        assertEquals(List.of("a/b", "c+d", "é"), PathSegments.of("/a%2Fb/c+d/%C3%A9"));
        assertEquals(List.of("a", "", "b", ""), PathSegments.of("/a//b/"));
        assertEquals(List.of(""), PathSegments.of("/"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/%", "/%2", "/%zz", "/%ff", "/a%C3", "/%-1"})
    void whatSpellsNoTextIsRefused(String path) {
        assertThrows(IllegalArgumentException.class, () -> PathSegments.of(path));
    }
}
