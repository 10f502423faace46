package io.lastmile.process.foreign;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The package mqtt of npm, in the version of {@code package-lock.json}, and the scripts on it. */
final class MqttJs {
    /** Where it is installed to. */
    static final Path FOLDER = Path.of("target", "mqttjs").toAbsolutePath();

    private static final Path SCRIPTS = Path.of("src", "test", "mqttjs");
    private static final List<String> FILES =
            List.of("package.json", "package-lock.json", "device.mjs", "page.html", "page.js");
    private static final int INSTALL_SECONDS = 120;
    private static final ObjectMapper JSON = new ObjectMapper();

    private MqttJs() {}

    private static final class Installation {
        static final @Nullable String FAILURE = install();
    }

    /** Why it cannot be used here, or null where it can; the first who asks installs it. */
    static @Nullable String missing() {
        if (Programs.find("node").isEmpty() || Programs.find("npm").isEmpty()) {
            return "node and npm are not installed";
        }
        return Installation.FAILURE;
    }

    private static @Nullable String install() {
        Path log = FOLDER.resolve("npm.out");
        try {
            Files.createDirectories(FOLDER);
            for (String file : FILES) {
                Files.write(FOLDER.resolve(file), Files.readAllBytes(SCRIPTS.resolve(file)));
            }
            Process npm =
                    new ProcessBuilder(
                                    "npm",
                                    "ci",
                                    "--ignore-scripts",
                                    "--no-audit",
                                    "--no-fund",
                                    "--prefer-offline")
                            .directory(FOLDER.toFile())
                            .redirectErrorStream(true)
                            .redirectOutput(log.toFile())
                            .start();
            if (!npm.waitFor(INSTALL_SECONDS, TimeUnit.SECONDS)) {
                npm.destroyForcibly();
            } else if (npm.exitValue() == 0) {
                return null;
            }
            String printed = new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
            return "mqtt.js could not be installed: " + printed.strip();
        } catch (IOException e) {
            throw new AssertionError("npm does not run", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    /** A message as the scripts tell it. */
    static ForeignDevice.Arrival arrival(String json) {
        try {
            JsonNode told = JSON.readTree(json);
            return new ForeignDevice.Arrival(
                    told.path("topic").asText(),
                    told.path("payload").asText(),
                    told.path("contentType").asText(null),
                    told.path("messageId").asText(null));
        } catch (JsonProcessingException e) {
            throw new AssertionError("no arrival: " + json, e);
        }
    }
}
