package io.lastmile.api.http;

import io.lastmile.api.keys.Caller;
import io.lastmile.api.keys.KeyFile;
import io.lastmile.api.keys.Scope;
import io.lastmile.node.Clock;
import io.lastmile.node.HttpAnswer;
import io.lastmile.node.HttpRequest;
import io.lastmile.node.PageRule;
import io.lastmile.node.Problem;
import io.lastmile.wire.Audience;
import io.lastmile.wire.ChannelName;
import io.lastmile.wire.DeviceId;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets a request in or not: by its key, the key's scopes and rate. A refusal is logged. */
public final class Access {
    private static final Logger AUDIT = LoggerFactory.getLogger(Access.class);
    private static final String BEARER = "Bearer ";

    /** What is said of a message to who may not know of all of them. */
    static final Problem NO_SUCH_MESSAGE =
            Problem.of(
                    404,
                    "no-such-message",
                    "No such message",
                    "no message has that id, or none that this key reaches");

    /** What is said of a broadcast to who may not know of all of them. */
    static final Problem NO_SUCH_BROADCAST =
            Problem.of(
                    404,
                    "no-such-broadcast",
                    "No such broadcast",
                    "no broadcast has that id, or not any more, or none that this key reaches");

    private final @Nullable KeyFile keys;
    private final PageRule pages;
    private final Clock clock;

    /**
     * Access by the keys of a file.
     *
     * @param keys null where nobody is asked who he is
     */
    public Access(@Nullable KeyFile keys, Clock clock) {
        this(keys, List.of(), clock);
    }

    /**
     * The same.
     *
     * @param hosts names that lead to a port that asks for no keys ({@link PageRule})
     */
    public Access(@Nullable KeyFile keys, List<String> hosts, Clock clock) {
        this.keys = keys;
        pages = new PageRule(hosts, "api.hosts");
        this.clock = clock;
    }

    /** Whether a look at a key needs no file right now. */
    boolean isQuick() {
        return keys == null || keys.isFresh();
    }

    /** Refuses what comes from a page of elsewhere, where no key would tell it from its reader. */
    void checkPage(Route route, HttpRequest request, Cors cors) {
        if (keys == null) {
            Optional<Problem> refusal = pages.refusal(request, cors::allows);
            if (refusal.isPresent()) {
                throw refused("", route, request, refusal.get());
            }
        }
    }

    Caller caller(Route route, HttpRequest request, HttpAnswer answer) {
        Scope scope = route.scope();
        if (keys == null || scope == null) {
            return Caller.ANYBODY;
        }
        String given = request.header("Authorization");
        Optional<Caller> known =
                given.regionMatches(true, 0, BEARER, 0, BEARER.length())
                        ? keys.caller(given.substring(BEARER.length()).strip())
                        : Optional.empty();
        if (known.isEmpty()) {
            answer.header("WWW-Authenticate", "Bearer");
            throw refused(
                    "",
                    route,
                    request,
                    Problem.of(
                            401,
                            "key",
                            "No key",
                            "the header Authorization must be Bearer and a key that is known here"));
        }
        Caller caller = known.get();
        if (!caller.scopes().contains(scope)) {
            throw refused(
                    caller.name(),
                    route,
                    request,
                    Problem.of(
                            403,
                            "scope",
                            "Not allowed",
                            "the key " + caller.name() + " lacks the scope " + scope.label()));
        }
        if (!caller.rate().take(clock.nanoTime())) {
            answer.retryAfter(1);
            throw refused(caller.name(), route, request, tooFast(caller));
        }
        return caller;
    }

    /** A message of a batch counts as a request of its own. */
    Optional<Problem> refusal(Caller caller, DeviceId device) {
        if (!caller.reaches(device)) {
            return Optional.of(notReached(caller, device));
        }
        return caller.rate().take(clock.nanoTime())
                ? Optional.empty()
                : Optional.of(tooFast(caller));
    }

    /** Refuses a device that is none of the caller's. */
    void check(Caller caller, DeviceId device, Route route, HttpRequest request) {
        if (!caller.reaches(device)) {
            throw refused(caller.name(), route, request, notReached(caller, device));
        }
    }

    /**
     * Refuses a message that is none of the caller's, in the same words as one that does not exist:
     * ids follow each other, and whoever asks for one after the other would learn how many there
     * are of others and when.
     */
    void checkMessage(Caller caller, DeviceId device, Route route, HttpRequest request) {
        if (!caller.reaches(device)) {
            Problem why = notReached(caller, device);
            log(caller.name(), route, request, why.type(), 1);
            throw new RefusedException(NO_SUCH_MESSAGE);
        }
    }

    /** A log line for what was refused of a batch. */
    void logRefused(Caller caller, Route route, HttpRequest request, String reason, int messages) {
        log(caller.name(), route, request, reason, messages);
    }

    /** Refuses who may not know of all devices. */
    void checkAllDevices(Caller caller, Route route, HttpRequest request) {
        if (caller.isLimitedToDevices()) {
            throw refused(
                    caller.name(),
                    route,
                    request,
                    Problem.of(
                            403,
                            "device-not-allowed",
                            "Not allowed",
                            "the key " + caller.name() + " does not reach all devices"));
        }
    }

    /** Refuses channels of which one is none of the caller's. */
    void check(Caller caller, Audience audience, Route route, HttpRequest request) {
        for (ChannelName channel : audience.channels()) {
            if (!caller.reaches(channel)) {
                throw refused(caller.name(), route, request, notReached(caller, channel));
            }
        }
    }

    /** Refuses a broadcast to others' channels, in the same words as one that does not exist. */
    void checkBroadcast(Caller caller, Audience audience, Route route, HttpRequest request) {
        if (!caller.reaches(audience)) {
            log(caller.name(), route, request, "channel-not-allowed", 1);
            throw new RefusedException(NO_SUCH_BROADCAST);
        }
    }

    private static Problem notReached(Caller caller, ChannelName channel) {
        return new Problem(
                403,
                "channel-not-allowed",
                "Not allowed",
                "the key " + caller.name() + " does not reach the channel " + channel,
                "channel");
    }

    private static Problem notReached(Caller caller, DeviceId device) {
        return new Problem(
                403,
                "device-not-allowed",
                "Not allowed",
                "the key " + caller.name() + " does not reach the device " + device,
                "device");
    }

    private static Problem tooFast(Caller caller) {
        return Problem.of(
                429,
                "rate",
                "Too many requests",
                "the key " + caller.name() + " has a rate, and more came than it allows");
    }

    private static RefusedException refused(
            String key, Route route, HttpRequest request, Problem problem) {
        log(key, route, request, problem.type(), 1);
        return new RefusedException(problem);
    }

    private static void log(
            String key, Route route, HttpRequest request, String reason, int messages) {
        AUDIT.atInfo()
                .addKeyValue("key", key)
                .addKeyValue("route", route.label())
                .addKeyValue("peer", request.peer())
                .addKeyValue("request", request.id())
                .addKeyValue("reason", reason)
                .addKeyValue("count", messages)
                .log("A call was refused");
    }
}
