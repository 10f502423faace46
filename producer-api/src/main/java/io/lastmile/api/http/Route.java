package io.lastmile.api.http;

import io.lastmile.api.keys.Scope;
import io.lastmile.node.PathSegments;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What can be asked of the API: a method, a path, and the word for both in metrics. */
enum Route {
    POST_MESSAGE("post-message", "POST", "/v1/devices/{device}/messages", Scope.SEND),
    POST_MESSAGES("post-messages", "POST", "/v1/messages", Scope.SEND),
    DEVICE_MESSAGES("device-messages", "GET", "/v1/devices/{device}/messages", Scope.READ),
    DEVICE("device", "GET", "/v1/devices/{device}", Scope.READ),
    FORGET_DEVICE("forget-device", "DELETE", "/v1/devices/{device}", Scope.ADMIN),
    REVOCATION("revocation", "GET", "/v1/devices/{device}/revocation", Scope.READ),
    REVOKE("revoke", "PUT", "/v1/devices/{device}/revocation", Scope.ADMIN),
    ALLOW("allow", "DELETE", "/v1/devices/{device}/revocation", Scope.ADMIN),
    DISCONNECT("disconnect", "POST", "/v1/devices/{device}/disconnect", Scope.ADMIN),
    MESSAGE("message", "GET", "/v1/messages/{id}", Scope.READ),
    CANCEL_MESSAGE("cancel-message", "DELETE", "/v1/messages/{id}", Scope.SEND),
    MESSAGE_TRACE("message-trace", "GET", "/v1/messages/{id}/trace", Scope.READ),
    DEVICE_TRACE("device-trace", "GET", "/v1/devices/{device}/trace", Scope.READ),
    RECEIPTS("receipts", "GET", "/v1/receipts", Scope.READ),
    FIGURES("figures", "GET", "/v1/figures", Scope.READ),
    POST_REPLAY("post-replay", "POST", "/v1/replays", Scope.REPLAY),
    REPLAYS("replays", "GET", "/v1/replays", Scope.REPLAY),
    REPLAY("replay", "GET", "/v1/replays/{name}", Scope.REPLAY),
    STOP_REPLAY("stop-replay", "DELETE", "/v1/replays/{name}", Scope.REPLAY),
    CHANNELS("channels", "GET", "/v1/channels", Scope.READ),
    CHANNEL("channel", "GET", "/v1/channels/{channel}", Scope.READ),
    CHANNEL_DEVICES("channel-devices", "GET", "/v1/channels/{channel}/devices", Scope.READ),
    POST_MEMBERS("post-members", "POST", "/v1/channels/{channel}/devices", Scope.CHANNELS),
    JOIN_CHANNEL("join", "PUT", "/v1/channels/{channel}/devices/{device}", Scope.CHANNELS),
    LEAVE_CHANNEL("leave", "DELETE", "/v1/channels/{channel}/devices/{device}", Scope.CHANNELS),
    POST_TO_CHANNEL("post-to-channel", "POST", "/v1/channels/{channel}/messages", Scope.CHANNELS),
    POST_BROADCAST("post-broadcast", "POST", "/v1/broadcasts", Scope.CHANNELS),
    BROADCASTS("broadcasts", "GET", "/v1/broadcasts", Scope.READ),
    BROADCAST("broadcast", "GET", "/v1/broadcasts/{id}", Scope.READ),
    CANCEL_BROADCAST("cancel-broadcast", "DELETE", "/v1/broadcasts/{id}", Scope.CHANNELS),
    BROADCAST_DEVICES("broadcast-devices", "GET", "/v1/broadcasts/{id}/devices", Scope.READ),
    BROADCAST_EVENTS("broadcast-events", "GET", "/v1/broadcasts/{id}/events", Scope.READ),
    NODES("nodes", "GET", "/v1/nodes", Scope.ADMIN),
    OPENAPI("openapi", "GET", "/openapi.json", null),
    ROOT("root", "GET", "/", null),
    CONSOLE("console", "GET", "/console", null),
    CONSOLE_FILE("console-file", "GET", "/console/{file}", null),
    NONE("none", "", "", null);

    private static final Map<Route, List<String>> SEGMENTS = new EnumMap<>(Route.class);

    static {
        for (Route route : values()) {
            if (route != NONE) {
                SEGMENTS.put(route, PathSegments.of(route.template));
            }
        }
    }

    private final String label;
    private final String method;
    private final String template;

    private final @Nullable Scope scope;

    Route(String label, String method, String template, @Nullable Scope scope) {
        this.scope = scope;
        this.label = label;
        this.method = method;
        this.template = template;
    }

    /** The word in metrics. */
    String label() {
        return label;
    }

    /** What a key must be good for; null where no key is needed. */
    @Nullable Scope scope() {
        return scope;
    }

    /** The method of HTTP. */
    String method() {
        return method;
    }

    /** The path, with names in braces for what differs. */
    String template() {
        return template;
    }

    /** The routes at a path, one for each method that it has; none where nothing is there. */
    static List<Route> at(List<String> path) {
        List<Route> routes = new ArrayList<>(2);
        for (Map.Entry<Route, List<String>> route : SEGMENTS.entrySet()) {
            if (matches(route.getValue(), path)) {
                routes.add(route.getKey());
            }
        }
        return routes;
    }

    private static boolean matches(List<String> segments, List<String> path) {
        if (path.size() != segments.size()) {
            return false;
        }
        for (int i = 0; i < segments.size(); i++) {
            String segment = segments.get(i);
            if (!segment.startsWith("{") && !segment.equals(path.get(i))) {
                return false;
            }
        }
        return true;
    }
}
