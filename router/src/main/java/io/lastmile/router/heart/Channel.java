package io.lastmile.router.heart;

import io.lastmile.wire.ChannelName;
import org.roaringbitmap.RoaringBitmap;

/** A channel that has members in the partition. */
final class Channel {
    final ChannelName name;

    /** By which devices at rest name it. */
    final int index;

    /** The numbers of its members. */
    final RoaringBitmap members = new RoaringBitmap();

    Channel(ChannelName name, int index) {
        this.name = name;
        this.index = index;
    }
}
