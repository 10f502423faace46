package io.lastmile.api.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.lastmile.api.replay.ReplayOrder;
import io.lastmile.node.replay.Selection;
import io.lastmile.wire.DeviceId;
import io.lastmile.wire.Outcome;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The body of {@code POST /v1/replays}, with the words of the command's options. One thread. */
final class ReplayRequest {
    static final int BYTES_MAX = 256 << 10;
    static final int DEVICES_MAX = 1_000;

    private static final String EXPECTED = "one JSON object in UTF-8 is expected";
    private static final double RATE_DEFAULT = 1_000;
    private static final double RATE_MIN = 0.1;
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,40}");
    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9._~:@-]{1,64}");

    private final Set<String> seen = new LinkedHashSet<>();
    private final double rateMax;
    private String name;
    private @Nullable Set<DeviceId> devices;
    private Set<DeviceId> toDevices = Set.of();
    private @Nullable String prefix;
    private Selection.@Nullable Ids ids;
    private long fromMs;
    private long toMs;
    private @Nullable Outcome outcome;
    private double rate;
    private boolean isDry;

    private ReplayRequest(String name, double rateMax, long nowMs) {
        this.name = name;
        this.rateMax = rateMax;
        rate = Math.min(RATE_DEFAULT, rateMax);
        toMs = nowMs; // what comes while it runs is not meant, its own copies least of all
    }

    /**
     * Reads it.
     *
     * @param by the name of the key
     * @param nowMs makes a name where none is given
     * @throws RefusedException naming the field and what is allowed
     */
    static ReplayOrder read(byte[] text, String by, double rateMax, long nowMs) {
        ReplayRequest request = new ReplayRequest(Long.toString(nowMs, 36), rateMax, nowMs);
        int begin = JsonText.begin(text, 0, text.length);
        try (JsonParser parser = JsonText.parser(text, begin, text.length)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw JsonText.notJson(EXPECTED);
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                request.field(parser);
            }
            if (parser.nextToken() != null) {
                throw JsonText.notJson(EXPECTED);
            }
        } catch (IOException e) {
            throw JsonText.refused(e, EXPECTED, text, 0, text.length);
        }
        return request.order(by);
    }

    private ReplayOrder order(String by) {
        if (!seen.contains("from") && ids == null) {
            throw RefusedException.field("json", "from", "needed, where there are no ids");
        }
        if (toMs <= fromMs) {
            throw RefusedException.field("json", "to", "later than from");
        }
        return new ReplayOrder(
                name,
                new Selection(devices, prefix, ids, fromMs, toMs, outcome),
                List.copyOf(toDevices),
                rate,
                isDry,
                by);
    }

    private void field(JsonParser parser) throws IOException {
        String field = parser.currentName();
        if (!seen.add(field)) {
            throw RefusedException.field("json", field, "at most once");
        }
        parser.nextToken();
        switch (field) {
            case "name" -> name = matching(parser, field, NAME, "1 to 40 of A-Z a-z 0-9 _ -");
            case "devices" -> devices = devices(parser, field);
            case "devicePrefix" ->
                    prefix =
                            matching(
                                    parser,
                                    field,
                                    PREFIX,
                                    "the beginning of a device id, 1 to 64 characters;"
                                            + " left out for all");
            case "ids" -> ids = ids(JsonText.string(parser, field));
            case "from" -> fromMs = timeMs(field, JsonText.string(parser, field));
            case "to" -> toMs = timeMs(field, JsonText.string(parser, field));
            case "outcome" -> outcome = outcome(JsonText.string(parser, field));
            case "toDevices" -> toDevices = devices(parser, field);
            case "rate" -> rate = rate(parser);
            case "dryRun" -> isDry = truth(parser, field);
            default ->
                    throw RefusedException.field(
                            "json",
                            field,
                            "unknown; a replay has name, devices, devicePrefix, ids, from, to,"
                                    + " outcome, toDevices, rate, dryRun");
        }
    }

    private static Set<DeviceId> devices(JsonParser parser, String field) throws IOException {
        String allowed = "a list of 1 to " + DEVICES_MAX + " device ids, or left out";
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw RefusedException.field("json", field, allowed);
        }
        Set<DeviceId> devices = new LinkedHashSet<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            String text = JsonText.string(parser, field);
            if (!DeviceId.isValid(text)) {
                throw RefusedException.device(field, text);
            }
            devices.add(new DeviceId(text));
            if (devices.size() > DEVICES_MAX) {
                throw RefusedException.field("json", field, allowed);
            }
        }
        if (devices.isEmpty()) {
            throw RefusedException.field("json", field, allowed);
        }
        return devices;
    }

    private static Selection.Ids ids(String text) {
        try {
            return Selection.Ids.parse(text);
        } catch (IllegalArgumentException e) {
            throw RefusedException.field("json", "ids", String.valueOf(e.getMessage()));
        }
    }

    private static long timeMs(String field, String text) {
        try {
            return OffsetDateTime.parse(text).toInstant().toEpochMilli();
        } catch (DateTimeException | ArithmeticException e) {
            throw RefusedException.field("json", field, "a time such as 2026-11-23T10:15:00Z");
        }
    }

    private static Outcome outcome(String text) {
        return Arrays.stream(Outcome.values())
                .filter(one -> one.label().equals(text))
                .findFirst()
                .orElseThrow(() ->
                        RefusedException.field(
                                "json",
                                "outcome",
                                Arrays.stream(Outcome.values())
                                        .map(Outcome::label)
                                        .collect(Collectors.joining(", "))));
    }

    private double rate(JsonParser parser) throws IOException {
        JsonToken token = parser.currentToken();
        double given = token != null && token.isNumeric() ? parser.getDoubleValue() : Double.NaN;
        if (!(given >= RATE_MIN && given <= rateMax)) {
            throw RefusedException.field(
                    "json",
                    "rate",
                    String.format(
                            Locale.ROOT,
                            "%s to %.0f messages a second (api.replays.rate.max)",
                            RATE_MIN,
                            rateMax));
        }
        return given;
    }

    private static boolean truth(JsonParser parser, String field) {
        JsonToken token = parser.currentToken();
        if (token != JsonToken.VALUE_TRUE && token != JsonToken.VALUE_FALSE) {
            throw RefusedException.field("json", field, "true or false");
        }
        return token == JsonToken.VALUE_TRUE;
    }

    private static String matching(JsonParser parser, String field, Pattern pattern, String allowed)
            throws IOException {
        String text = JsonText.string(parser, field);
        if (!pattern.matcher(text).matches()) {
            throw RefusedException.field("json", field, allowed);
        }
        return text;
    }
}
