package io.lastmile.wire.record;

import io.lastmile.wire.BytesReader;
import io.lastmile.wire.BytesWriter;
import io.lastmile.wire.HostPort;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.MalformedException;
import io.lastmile.wire.NodeRole;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * A value of {@code lastmile.nodes}: a node's heartbeat, or the word that an incarnation is gone.
 */
public sealed interface NodeRecord {
    /** The newest version this code writes and reads. */
    int VERSION = 1;

    /**
     * A sign of life.
     *
     * @param role of the node
     * @param draining whether it is about to leave and takes nothing new
     * @param sequence of the last scheduled heartbeat of its incarnation, from 1: one that was sent
     *     out of turn, because something changed, carries it again
     * @param startedAtMs by the node's clock, for people
     * @param software version, for people
     * @param addresses by name ({@code hop}, {@code admin}, {@code mqtt}, {@code http}): host:port
     * @param load by name ({@code sessions}, {@code messages}): figures for people and balancers
     * @param partitions of a router
     */
    record Heartbeat(
            NodeRole role,
            boolean draining,
            long sequence,
            long startedAtMs,
            String software,
            Map<String, String> addresses,
            Map<String, Long> load,
            RouterPartitions partitions)
            implements NodeRecord {
        public Heartbeat {
            addresses = new LinkedHashMap<>(addresses);
            load = new LinkedHashMap<>(load);
        }

        /** The partitions that a router owns. */
        public List<Claim> claims() {
            return partitions.claims;
        }
    }

    /**
     * What a router says of the partitions.
     *
     * @param claims that it owns
     * @param unable partitions that it has tried to claim for long, in vain: another owns them
     */
    record RouterPartitions(List<Claim> claims, Set<Integer> unable) {
        /** Of a node that owns nothing. */
        public static final RouterPartitions NONE = new RouterPartitions(List.of(), Set.of());

        public RouterPartitions {
            claims = List.copyOf(claims);
            unable = Collections.unmodifiableSet(new TreeSet<>(unable));
        }
    }

    /** A partition and the epoch with which it is owned. */
    record Claim(int partition, long epoch) {}

    /**
     * The incarnation in the key is over. This alone decides, for everybody.
     *
     * @param role that the incarnation had
     * @param by the router that counted
     * @param atMs by that router's time, for people
     */
    record Gone(NodeRole role, Incarnation by, long atMs) implements NodeRecord {}

    /** The value of the record. */
    default byte[] encode() {
        BytesWriter out = new BytesWriter(128).u8(VERSION);
        switch (this) {
            case Heartbeat beat -> {
                out.u8(1)
                        .u8(beat.role.code())
                        .u8(beat.draining ? 1 : 0)
                        .i64(beat.sequence)
                        .i64(beat.startedAtMs)
                        .text(beat.software)
                        .count(beat.addresses.size());
                beat.addresses.forEach((name, address) -> out.text(name).text(address));
                out.count(beat.load.size());
                beat.load.forEach((name, figure) -> out.text(name).i64(figure));
                out.count(beat.claims().size());
                beat.claims().forEach(claim -> out.i32(claim.partition).i64(claim.epoch));
                out.count(beat.partitions.unable.size());
                beat.partitions.unable.forEach(out::i32);
            }
            case Gone gone -> out.u8(2).u8(gone.role.code()).incarnation(gone.by).i64(gone.atMs);
        }
        return out.toBytes();
    }

    /**
     * The node record of a value.
     *
     * @throws MalformedException where the bytes are none
     */
    static NodeRecord decode(byte[] value) {
        BytesReader in = new BytesReader(value);
        Versions.read(in, VERSION);
        int type = in.u8("type");
        NodeRecord node =
                switch (type) {
                    case 1 -> heartbeat(in);
                    case 2 ->
                            new Gone(
                                    NodeRole.ofCode(in.u8("role")),
                                    in.incarnation("by"),
                                    in.i64("at"));
                    default -> throw new MalformedException("type", "1 or 2, not " + type);
                };
        in.end("node");
        return node;
    }

    private static Heartbeat heartbeat(BytesReader in) {
        NodeRole role = NodeRole.ofCode(in.u8("role"));
        boolean draining = in.flag("draining");
        long sequence = in.i64("sequence");
        long startedAtMs = in.i64("started-at");
        String software = in.text("software");
        Map<String, String> addresses = new LinkedHashMap<>();
        for (int i = in.countOf("addresses", 2); i > 0; i--) {
            addresses.put(in.text("address-name"), address(in.text("address")));
        }
        Map<String, Long> load = new LinkedHashMap<>();
        for (int i = in.countOf("load", 9); i > 0; i--) {
            load.put(in.text("load-name"), in.i64("load"));
        }
        List<Claim> claims = new ArrayList<>();
        for (int i = in.countOf("claims", 12); i > 0; i--) {
            claims.add(claim(in.i32("partition"), in.offset("epoch")));
        }
        Set<Integer> unable = new TreeSet<>();
        for (int i = in.countOf("unable", 4); i > 0; i--) {
            unable.add(in.i32("partition"));
        }
        return new Heartbeat(
                role,
                draining,
                sequence,
                startedAtMs,
                software,
                addresses,
                load,
                new RouterPartitions(claims, unable));
    }

    /** One that nobody can connect to makes the whole heartbeat one that nobody can use. */
    private static String address(String text) {
        if (HostPort.parse(text) == null) {
            throw new MalformedException("address", HostPort.RULE);
        }
        return text;
    }

    private static Claim claim(int partition, long epoch) {
        if (partition < 0) {
            throw new MalformedException("partition", "0 or more, not " + partition);
        }
        return new Claim(partition, epoch);
    }
}
