package io.lastmile.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LifecycleTest {
    @Test
    void partsStopInReverseOnceAndOneThatFailsDoesNotKeepTheOthers() throws Exception {
        List<String> stopped = new ArrayList<>();
        Lifecycle lifecycle = new Lifecycle();
        lifecycle.start("a", (AutoCloseable) () -> stopped.add("a"));
        lifecycle.start(
                "b",
                (AutoCloseable)
                        () -> {
                            throw new IllegalStateException("b cannot stop");
                        });
        lifecycle.start("c", (AutoCloseable) () -> stopped.add("c"));
        lifecycle.close();
        lifecycle.close();
        lifecycle.awaitClosed();
        assertEquals(List.of("c", "a"), stopped);
    }
}
