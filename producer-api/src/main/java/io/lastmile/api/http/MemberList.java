package io.lastmile.api.http;

import com.fasterxml.jackson.core.JsonGenerator;
import io.lastmile.api.http.OwnerQuestions.Said;
import io.lastmile.api.http.OwnerQuestions.UnansweredException;
import io.lastmile.api.keys.Caller;
import io.lastmile.node.JsonTree;
import io.lastmile.wire.DeviceId;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * A part of a long list of members: partition after partition, and in each by number, so that
 * nobody is left out or listed twice while others come and go.
 */
final class MemberList {
    /** Of partitions where few are, more than one are asked at once. */
    private static final int AT_ONCE = 8;

    private static final String RULE = "what next says: a partition and a number, such as 3-17";

    /**
     * Behind that number of that partition.
     *
     * @param number -1 before the first
     */
    private record Place(int partition, long number) {
        static final Place BEGIN = new Place(0, -1);

        static Place parse(String text) {
            if (text.isEmpty()) {
                return BEGIN;
            }
            if (!text.matches("[0-9]{1,9}-[0-9]{1,18}")) {
                throw RefusedException.field("after", "after", RULE);
            }
            int dash = text.indexOf('-');
            return new Place(
                    Integer.parseInt(text.substring(0, dash)),
                    Long.parseLong(text.substring(dash + 1)) - 1);
        }

        Place nextPartition() {
            return new Place(partition + 1, -1);
        }

        @Override
        public String toString() {
            return partition + "-" + (number + 1);
        }
    }

    /** Where the members of one partition are asked for. */
    @FunctionalInterface
    interface Path {
        /** Those with a number above that, at most so many. */
        String of(int partition, long afterNumber, int limit);
    }

    private record Member(int partition, long number, @Nullable String device) {}

    private final List<Member> members;
    private final @Nullable Place next;

    private MemberList(List<Member> members, @Nullable Place next) {
        this.members = members;
        this.next = next;
    }

    /**
     * Asks for a part.
     *
     * @throws UnansweredException where an owner did not answer
     */
    static MemberList read(OwnerQuestions owners, Paging paging, Path path)
            throws UnansweredException {
        int partitions = owners.partitions().size();
        List<Member> members = new ArrayList<>();
        Place place = Place.parse(paging.after());
        int atOnce = 1;
        while (place.partition() < partitions && members.size() < paging.limit()) {
            int left = paging.limit() - members.size();
            Place from = place;
            List<Integer> some =
                    IntStream.range(
                                    from.partition(),
                                    Math.min(partitions, from.partition() + atOnce))
                            .boxed()
                            .toList();
            List<Said> said =
                    owners.ask(
                            some,
                            p -> path.of(p, p == from.partition() ? from.number() : -1, left));
            place = take(said, from, paging.limit(), members);
            atOnce = AT_ONCE;
        }
        return new MemberList(members, place.partition() < partitions ? place : null);
    }

    /** Adds what there is room for: where to go on. */
    private static Place take(List<Said> said, Place from, int limit, List<Member> members) {
        Place place = from;
        for (Said one : said) {
            if (members.size() == limit) {
                return place; // those behind are asked again
            }
            long last = place.number();
            for (JsonTree member : one.body().objects("members")) {
                long number = member.number("number", -1);
                if (number > last && members.size() < limit) {
                    members.add(new Member(one.partition(), number, member.text("device")));
                    last = number;
                }
            }
            long next = one.body().number("next", -1);
            if (members.size() == limit && last > place.number()) {
                place = new Place(one.partition(), last);
                return next < 0 ? place.nextPartition() : place;
            }
            if (next >= 0 && Math.max(last, next - 1) > place.number()) {
                return new Place(one.partition(), Math.max(last, next - 1));
            }
            place = new Place(one.partition(), last).nextPartition();
        }
        return place;
    }

    /** The members that the caller reaches, and where to go on. */
    void write(JsonGenerator json, Caller caller) throws IOException {
        json.writeArrayFieldStart("devices");
        for (Member member : members) {
            if (isShown(member, caller)) {
                json.writeStartObject();
                if (member.device() != null) {
                    json.writeStringField("device", member.device());
                }
                json.writeNumberField("partition", member.partition());
                json.writeNumberField("number", member.number());
                json.writeEndObject();
            }
        }
        json.writeEndArray();
        if (next != null) {
            json.writeStringField("next", next.toString());
        }
    }

    private static boolean isShown(Member member, Caller caller) {
        String device = member.device();
        if (device == null || !DeviceId.isValid(device)) {
            return !caller.isLimitedToDevices();
        }
        return caller.reaches(new DeviceId(device));
    }
}
