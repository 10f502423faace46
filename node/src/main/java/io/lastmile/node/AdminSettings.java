package io.lastmile.node;

/** Where the admin port of a process listens. */
public record AdminSettings(String host, int port) {
    /**
     * The settings that begin with {@code admin.}.
     *
     * @param portByDefault of the service
     */
    public static AdminSettings from(Settings settings, int portByDefault) {
        return new AdminSettings(
                settings.text("admin.host", "127.0.0.1", "where the admin port listens"),
                settings.port("admin.port", portByDefault, "health, metrics and state queries"));
    }
}
