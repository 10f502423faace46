package io.lastmile.bench.edge;

import io.lastmile.wire.hop.HopFrame.Deliver;

/** Told what a virtual edge's devices are given, in the moment its frame was read. */
@FunctionalInterface
public interface Deliveries {
    /** On the edge's one thread: to be quick. */
    void delivered(DeviceGroup group, Deliver frame);
}
