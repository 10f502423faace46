package io.lastmile.node;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The secret that routers, edges and APIs share, which tells them from everybody else. Where all of
 * them listen on loopback only, none need be set: who is on the machine could read Kafka as well.
 *
 * @param own what this process shows to others
 * @param previous what others may still show to it, while the secret is being changed
 */
public record HopSecret(String own, @Nullable String previous) {
    private static final String KEY = "hop.secret";
    private static final String PREVIOUS_KEY = "hop.previous-secret";
    private static final String ON_LOOPBACK = "loopback";
    private static final int CHARACTERS_MIN = 16;

    /** The only one. */
    public static HopSecret of(String secret) {
        return new HopSecret(secret, null);
    }

    /** The secret of a service that only asks others. */
    public static HopSecret from(Settings settings) {
        String given =
                settings.optionalSecret(
                        KEY,
                        "shared by all routers, edges and APIs; must be given, with at least 16"
                                + " characters, where one of them listens beyond loopback");
        String previous =
                settings.optionalSecret(
                        PREVIOUS_KEY,
                        "accepted as well as hop.secret by those who listen, while it is changed");
        return new HopSecret(given == null ? ON_LOOPBACK : given, previous);
    }

    /**
     * The secret of a service that listens for others.
     *
     * @param hostKey the setting with the host
     * @throws SettingsException where the host is not loopback and no secret is given, or a short
     *     one
     */
    public static HopSecret from(Settings settings, String hostKey, String host) {
        HopSecret secret = from(settings);
        BindRule.check(settings, hostKey, host, KEY);
        if (!Hosts.isLoopback(hostKey, host)) {
            refuseShort(KEY, secret.own);
            if (secret.previous != null) {
                refuseShort(PREVIOUS_KEY, secret.previous);
            }
        }
        return secret;
    }

    /** Whoever records one handshake can try secrets until one fits, as fast as he can count. */
    private static void refuseShort(String key, String secret) {
        if (secret.length() < CHARACTERS_MIN) {
            throw new SettingsException(
                    key,
                    "is shorter than %d characters, and other machines can reach this one: make a long one up, for example with openssl rand -hex 32"
                            .formatted(CHARACTERS_MIN));
        }
    }

    /** All that others may show, one or two. */
    public List<String> accepted() {
        return previous == null ? List.of(own) : List.of(own, previous);
    }

    @Override
    public String toString() {
        return "HopSecret[...]"; // never the secret
    }
}
