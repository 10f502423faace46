package io.lastmile.api.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.lastmile.node.Clock;
import io.lastmile.node.SettingsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeyFileTest {
    private static final String HASH = ApiKey.hash("x");

    @TempDir private Path folder = Path.of("");

    private KeyFile file(String... lines) throws Exception {
        Files.write(folder.resolve("keys"), List.of(lines));
        return new KeyFile("api.keys", folder.resolve("keys"), Clock.system());
    }

    @Test
    void aLineIsReadAsItIsWritten() {
        ApiKey key =
                new ApiKey(
                        "a",
                        HASH,
                        Set.of(Scope.SEND, Scope.READ),
                        List.of("p-", "q:"),
                        List.of("news"),
                        100);
        assertEquals(key, ApiKey.parse(key.line()));
        assertTrue(
                key.line().endsWith(" scopes=send,read devices=p-,q: channels=news rate=100"),
                key.line());
        ApiKey plain = new ApiKey("b", HASH, Set.of(Scope.ADMIN), List.of(), List.of(), 0);
        assertEquals(plain, ApiKey.parse(plain.line()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "a scopes=send",
                "a sha256:12 scopes=send",
                "a HASH",
                "a HASH scopes=",
                "a HASH scopes=fly",
                "a HASH scopes=send rate=0",
                "a HASH scopes=send rate=x",
                "a HASH scopes=send devices=",
                "a HASH scopes=send devices=a/b",
                "a HASH scopes=send channels=",
                "a HASH scopes=send colour=red",
                "a.b HASH scopes=send",
                "b HASH scopes=send",
            })
    void aFileThatIsNotUnderstoodNamesItsLine(String line) {
        SettingsException refused =
                assertThrows(
                        SettingsException.class,
                        () ->
                                file(
                                        "b sha256:" + HASH + " scopes=send",
                                        line.replace("HASH", "sha256:" + HASH)));
        assertTrue(String.valueOf(refused.getMessage()).contains("line 2"), refused.getMessage());
    }

    @Test
    void aFileThatIsNotThereIsRefused() {
        assertThrows(
                SettingsException.class,
                () -> new KeyFile("api.keys", folder.resolve("none"), Clock.system()));
    }

    @Test
    void aChangeCountsWithoutARestartUnlessItIsNonsense() throws Exception {
        String one = ApiKey.secret("one", new SecureRandom());
        String two = ApiKey.secret("two", new SecureRandom());
        KeyFile keys = file("one sha256:" + ApiKey.hash(one) + " scopes=send");
        assertTrue(keys.caller(one).isPresent());
        assertFalse(keys.caller(two).isPresent());
        Files.writeString(
                folder.resolve("keys"), "two sha256:" + ApiKey.hash(two) + " scopes=read");
        Awaitility.await().atMost(Duration.ofSeconds(10)).until(() -> keys.caller(two).isPresent());
        assertFalse(keys.caller(one).isPresent());
        Files.writeString(folder.resolve("keys"), "nonsense");
        Awaitility.await()
                .during(Duration.ofMillis(1_500))
                .atMost(Duration.ofSeconds(10))
                .until(() -> keys.caller(two).isPresent());
    }
}
