package io.lastmile.node;

/**
 * The secret that routers, edges and APIs share, which tells them from everybody else. Where all of
 * them listen on loopback only, none need be set: who is on the machine could read Kafka as well.
 */
public final class HopSecret {
    private static final String KEY = "hop.secret";
    private static final String ON_LOOPBACK = "loopback";

    private HopSecret() {}

    /** The secret of a service that only asks others. */
    public static String from(Settings settings) {
        String given =
                settings.optionalSecret(
                        KEY,
                        "shared by all routers, edges and APIs; must be given where one of them"
                                + " listens beyond loopback");
        return given == null ? ON_LOOPBACK : given;
    }

    /**
     * The secret of a service that listens for others.
     *
     * @param hostKey the setting with the host
     * @throws SettingsException where the host is not loopback and no secret is given
     */
    public static String from(Settings settings, String hostKey, String host) {
        String secret = from(settings);
        BindRule.check(settings, hostKey, host, KEY);
        return secret;
    }
}
