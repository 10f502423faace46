package io.lastmile.edge.socket;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which pages may connect over WebSocket, by the origin that their browser says (RFC 6455, section
 * 10.2). Who says none is no browser.
 *
 * @param listed in lower case
 * @param loopback whether pages that came from the browser's own machine may
 * @param all whether any page may
 */
public record WebSocketOrigins(Set<String> listed, boolean loopback, boolean all) {
    /** Pages of the browser's own machine. */
    public static final WebSocketOrigins LOOPBACK = new WebSocketOrigins(Set.of(), true, false);

    /** In the setting: pages of the browser's own machine. */
    public static final String LOOPBACK_WORD = "loopback";

    private static final String ALL_WORD = "*";
    private static final Pattern ORIGIN = Pattern.compile("https?://[a-z0-9.:\\[\\]_-]+");
    private static final Pattern LOOPBACK_ORIGIN =
            Pattern.compile(
                    "https?://(localhost|[a-z0-9-]+\\.localhost|127(\\.[0-9]{1,3}){3}|\\[::1])"
                            + "(:[0-9]{1,5})?");

    /** Copies the set. */
    public WebSocketOrigins {
        listed = Set.copyOf(listed);
    }

    /**
     * Those of a setting, with commas between them; none where it is empty.
     *
     * @throws IllegalArgumentException naming what is no origin
     */
    public static WebSocketOrigins of(String setting) {
        Set<String> listed = new HashSet<>();
        boolean loopback = false;
        boolean all = false;
        for (String part : setting.split(",", -1)) {
            String one = part.strip().toLowerCase(Locale.ROOT);
            switch (one) {
                case "" -> {}
                case LOOPBACK_WORD -> loopback = true;
                case ALL_WORD -> all = true;
                default -> {
                    if (!ORIGIN.matcher(one).matches()) {
                        throw new IllegalArgumentException(
                                part.strip()
                                        + " is no origin, such as https://shop.example, without a"
                                        + " path");
                    }
                    listed.add(one);
                }
            }
        }
        return new WebSocketOrigins(listed, loopback, all);
    }

    /** Whether a page of that origin may connect. */
    boolean allow(String origin) {
        String lower = origin.toLowerCase(Locale.ROOT);
        return all
                || listed.contains(lower)
                || (loopback && LOOPBACK_ORIGIN.matcher(lower).matches());
    }
}
