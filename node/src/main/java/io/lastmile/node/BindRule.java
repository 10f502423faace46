package io.lastmile.node;

/**
 * The rule for listeners: beyond loopback one is opened only where its authentication is
 * configured, or where {@code none} is said in so many words.
 */
public final class BindRule {
    private BindRule() {}

    /**
     * Refuses a listener that would be open to everybody by oversight.
     *
     * @param hostKey the setting with the host
     * @param authenticationKey the setting that must have been given where the host is not loopback
     */
    public static void check(
            Settings settings, String hostKey, String host, String authenticationKey) {
        if (!Hosts.isLoopback(hostKey, host) && !settings.isGiven(authenticationKey)) {
            throw new SettingsException(
                    hostKey,
                    host
                            + " is reachable from other machines and "
                            + authenticationKey
                            + " is not set; configure it, or say "
                            + authenticationKey
                            + "=none if everybody who reaches this port may use it");
        }
    }
}
