package io.lastmile.api.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.lastmile.api.http.OwnerQuestions.Said;
import io.lastmile.node.JsonTree;
import java.io.IOException;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How a broadcast stands in one partition, as its owner says it.
 *
 * @param hasMembers whether the owner has, or had, members of its audience
 */
record BroadcastShare(int partition, boolean hasMembers, JsonTree said) {
    static BroadcastShare of(Said said) {
        return new BroadcastShare(said.partition(), said.isKnown(), said.body());
    }

    /** Whether the owner has come past it: before that it may yet have members. */
    boolean isRead() {
        return said.flag("read");
    }

    /** Whether nothing will change here any more. */
    boolean isSettled() {
        return isRead() && waiting() == 0 && inFlight() == 0;
    }

    long membersAtMark() {
        return said.number("membersAtMark", 0);
    }

    long waiting() {
        return said.number("waiting", 0);
    }

    long inFlight() {
        return said.number("inFlight", 0);
    }

    Map<String, Long> byOutcome() {
        return said.object("byOutcome").numbers();
    }

    @Nullable String audience() {
        return said.text("audience");
    }

    @Nullable String ending() {
        return said.text("ending");
    }

    @Nullable Instant time(String name) {
        String text = said.text(name);
        try {
            return text == null ? null : Instant.parse(text);
        } catch (DateTimeException e) {
            return null; // of an owner that says it otherwise
        }
    }

    void write(JsonGenerator json) throws IOException {
        json.writeStartObject();
        json.writeNumberField("partition", partition);
        json.writeBooleanField("read", isRead());
        if (hasMembers) {
            text(json, "mark", said.text("mark"));
            json.writeNumberField("membersAtMark", membersAtMark());
            BroadcastCounts.write(json, byOutcome());
            json.writeNumberField("waiting", waiting());
            json.writeNumberField("inFlight", inFlight());
            text(json, "routedAt", time("routedAt"));
            text(json, "settledAt", time("settledAt"));
            text(json, "ending", ending());
        }
        json.writeEndObject();
    }

    private static void text(JsonGenerator json, String name, @Nullable Object value)
            throws IOException {
        if (value != null) {
            json.writeStringField(name, value.toString());
        }
    }
}
