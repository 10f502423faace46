package io.lastmile.bench.router;

import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the lines that a router logs for each claim say together.
 *
 * @param firstBeganMs since the epoch
 * @param lastEndedMs since the epoch
 * @param records read from inbox and presence
 * @param parked messages, which is what is left of the records of inbox
 * @param online devices, which is what is left of the records of presence
 */
record ClaimLines(
        int claims, long firstBeganMs, long lastEndedMs, long records, long parked, long online) {
    private static final Pattern LINE = Pattern.compile("(?m)^(\\S+Z) .* partition claimed (.*)$");
    private static final Pattern PAIR = Pattern.compile("([A-Za-z]+)=\"([^\"]*)\"");

    static ClaimLines in(String output) {
        int claims = 0;
        long firstBeganMs = Long.MAX_VALUE;
        long lastEndedMs = Long.MIN_VALUE;
        long records = 0;
        long parked = 0;
        long online = 0;
        Matcher line = LINE.matcher(output);
        while (line.find()) {
            claims++;
            long endedMs = Instant.parse(line.group(1)).toEpochMilli();
            String pairs = line.group(2);
            firstBeganMs = Math.min(firstBeganMs, endedMs - value(pairs, "ms"));
            lastEndedMs = Math.max(lastEndedMs, endedMs);
            records += value(pairs, "inboxRecords") + value(pairs, "presenceRecords");
            parked += value(pairs, "unsettled");
            online += value(pairs, "online");
        }
        return new ClaimLines(claims, firstBeganMs, lastEndedMs, records, parked, online);
    }

    private static long value(String pairs, String key) {
        Matcher pair = PAIR.matcher(pairs);
        while (pair.find()) {
            if (pair.group(1).equals(key)) {
                return Long.parseLong(pair.group(2));
            }
        }
        throw new IllegalStateException("no " + key + " in a claim's line: " + pairs);
    }

    @Override
    public String toString() {
        return String.format(
                "%d partitions claimed in %,d ms, %,d records read for %,d parked messages and"
                        + " %,d online devices",
                claims, lastEndedMs - firstBeganMs, records, parked, online);
    }
}
