package io.lastmile.node;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * Which pages in a browser may call a port that asks nobody for a key. Whoever reaches such a port
 * may use it, and a browser on this machine reaches it on behalf of whatever page it shows; so what
 * it says of the page decides:
 *
 * <ul>
 *   <li>{@code Host} names the machine, not a name that a page of elsewhere was loaded from and
 *       that was then made to lead here (DNS rebinding): an address, {@code localhost}, a name
 *       without a dot, which public DNS has none of, or one that is configured.
 *   <li>{@code Origin}, where there is one, is the port itself, a page of this machine, or one that
 *       is configured.
 * </ul>
 *
 * Programs that are no browsers send no {@code Origin}. Any thread.
 */
public final class PageRule {
    private static final Pattern IPV4 = Pattern.compile("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
    private static final Pattern PORT = Pattern.compile(":[0-9]*$");
    private static final Pattern USUAL_PORT = Pattern.compile(":(80|443)$");

    private final Set<String> hosts;
    private final String hostsKey;

    /**
     * The rule of a port.
     *
     * @param hosts names that lead here, besides those that always count
     * @param hostsKey the setting to name where one is missing
     */
    public PageRule(List<String> hosts, String hostsKey) {
        this.hosts = Set.copyOf(hosts.stream().map(PageRule::lower).toList());
        this.hostsKey = hostsKey;
    }

    /**
     * Why a request is refused; empty where it is not.
     *
     * @param allows whether an origin is configured
     */
    public Optional<Problem> refusal(HttpRequest request, Predicate<String> allows) {
        String host = lower(request.header("Host"));
        if (!isOurs(name(host))) {
            return Optional.of(
                    new Problem(
                            421,
                            "host",
                            "Another host",
                            "Host: no key is asked for here, so only names of this machine count,"
                                    + " and those in "
                                    + hostsKey,
                            "Host"));
        }
        String origin = lower(request.header("Origin"));
        if (origin.isEmpty() || allows.test(request.header("Origin"))) {
            return Optional.empty();
        }
        String authority = authority(origin);
        return isLocal(name(authority)) || authority.equals(USUAL_PORT.matcher(host).replaceAll(""))
                ? Optional.empty()
                : Optional.of(
                        new Problem(
                                403,
                                "origin",
                                "Page not allowed",
                                "Origin: no key is asked for here, so only pages of this machine"
                                        + " may call, and those in api.cors.origins",
                                "Origin"));
    }

    /** Host and port of an origin; empty where it has none, as {@code null} does. */
    private static String authority(String origin) {
        try {
            String authority = new URI(origin).getRawAuthority();
            return authority == null ? "" : USUAL_PORT.matcher(authority).replaceAll("");
        } catch (URISyntaxException e) {
            return "";
        }
    }

    private boolean isOurs(String name) {
        return name.indexOf('.') < 0
                || name.startsWith("[") // an address of IPv6
                || IPV4.matcher(name).matches()
                || isLocal(name)
                || hosts.contains(name);
    }

    private static boolean isLocal(String name) {
        return name.equals("localhost")
                || name.endsWith(".localhost")
                || name.equals("[::1]")
                || (name.startsWith("127.") && IPV4.matcher(name).matches());
    }

    private static String name(String authority) {
        return PORT.matcher(authority).replaceAll("");
    }

    private static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
