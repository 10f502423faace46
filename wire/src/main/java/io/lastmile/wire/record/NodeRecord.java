package io.lastmile.wire.record;

import io.lastmile.wire.BytesReader;
import io.lastmile.wire.BytesWriter;
import io.lastmile.wire.Incarnation;
import io.lastmile.wire.MalformedException;
import io.lastmile.wire.NodeRole;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
     * @param sequence of this heartbeat in its incarnation, from 1
     * @param startedAtMs by the node's clock, for people
     * @param software version, for people
     * @param addresses by name ({@code hop}, {@code admin}, {@code mqtt}, {@code http}): host:port
     * @param load by name ({@code sessions}, {@code messages}): figures for people and balancers
     * @param claims the partitions that a router owns
     */
    record Heartbeat(
            NodeRole role,
            boolean draining,
            long sequence,
            long startedAtMs,
            String software,
            Map<String, String> addresses,
            Map<String, Long> load,
            List<Claim> claims)
            implements NodeRecord {
        public Heartbeat {
            addresses = new LinkedHashMap<>(addresses);
            load = new LinkedHashMap<>(load);
            claims = List.copyOf(claims);
        }
    }

    /** A partition and the epoch with which it is owned. */
    record Claim(int partition, long epoch) {}

    /**
     * The incarnation in the key is over. This alone decides, for everybody.
     *
     * @param by the router that counted
     * @param atMs by that router's time, for people
     */
    record Gone(Incarnation by, long atMs) implements NodeRecord {}

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
                out.count(beat.claims.size());
                beat.claims.forEach(claim -> out.i32(claim.partition).i64(claim.epoch));
            }
            case Gone gone -> out.u8(2).incarnation(gone.by).i64(gone.atMs);
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
                    case 2 -> new Gone(in.incarnation("by"), in.i64("at"));
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
            addresses.put(in.text("address-name"), in.text("address"));
        }
        Map<String, Long> load = new LinkedHashMap<>();
        for (int i = in.countOf("load", 9); i > 0; i--) {
            load.put(in.text("load-name"), in.i64("load"));
        }
        List<Claim> claims = new ArrayList<>();
        for (int i = in.countOf("claims", 12); i > 0; i--) {
            claims.add(new Claim(in.i32("partition"), in.i64("epoch")));
        }
        return new Heartbeat(
                role, draining, sequence, startedAtMs, software, addresses, load, claims);
    }
}
