package io.lastmile.router.heart;

import io.lastmile.wire.Outcome;

/** What the parts of a heart that know devices ask of the broadcasts. */
interface Copies {
    /** The device gets an entry for each broadcast that it waits for and has none of. */
    void give(Device device);

    /** The same for one that is only looked at. */
    void show(Device copyOfDevice);

    /** Whether any broadcast waits for the member of that number. */
    boolean waitsFor(int member);

    /** The device's turn has come, and the body of the broadcast is not here. */
    void awaitBody(Broadcast broadcast, Device device);

    /** The copy has its outcome. */
    void settled(Entry copy, Broadcast broadcast, Outcome outcome);
}
