package io.lastmile.router.heart;

import io.lastmile.wire.DeviceId;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Devices by id, each awake (a {@link Device}) or at rest (its packed bytes, see {@link AtRest}).
 * Open addressing with linear probing over the ids' own hash; a device keeps its handle for as long
 * as it is in the table. Some 14 bytes a device besides the packed bytes.
 */
final class DeviceTable {
    /** The handle of a device that is not there. */
    static final int NONE = -1;

    private static final int CAPACITY_MIN = 16;

    private int[] slots = new int[CAPACITY_MIN]; // handle + 1, 0 for a free slot
    private @Nullable Object[] places = new @Nullable Object[CAPACITY_MIN / 2];
    private int[] freeHandles = new int[0];
    private int freeCount;
    private int handlesUsed;
    private int size;

    /** The handle of the device, {@link #NONE} where it is not there. */
    int find(DeviceId id) {
        int mask = slots.length - 1;
        for (int slot = spread(id.hashCode()) & mask; ; slot = (slot + 1) & mask) {
            int handle = slots[slot] - 1;
            if (handle < 0 || isAt(handle, id)) {
                return handle;
            }
        }
    }

    private boolean isAt(int handle, DeviceId id) {
        return places[handle] instanceof byte[] packed
                ? AtRest.isOf(packed, id)
                : awake(handle).id.equals(id);
    }

    private Device awake(int handle) {
        if (places[handle] instanceof Device device) {
            return device;
        }
        throw new IllegalStateException("nobody has the handle " + handle);
    }

    /** The device awake, its packed bytes, or null where the handle is free. */
    @Nullable Object at(int handle) {
        return places[handle];
    }

    /** Puts the same device there in its other form. */
    void replace(int handle, Object deviceOrPacked) {
        places[handle] = deviceOrPacked;
    }

    /** Takes in a device that is not there; says its handle. */
    int add(DeviceId id, Object deviceOrPacked) {
        if (size + 1 > slots.length - slots.length / 4) {
            grow();
        }
        int handle = freeCount > 0 ? freeHandles[--freeCount] : newHandle();
        places[handle] = deviceOrPacked;
        link(handle, id.hashCode());
        size++;
        return handle;
    }

    private int newHandle() {
        if (handlesUsed == places.length) {
            places = Arrays.copyOf(places, places.length + places.length / 2);
        }
        return handlesUsed++;
    }

    private void link(int handle, int hash) {
        int mask = slots.length - 1;
        int slot = spread(hash) & mask;
        while (slots[slot] != 0) {
            slot = (slot + 1) & mask;
        }
        slots[slot] = handle + 1;
    }

    private void grow() {
        slots = new int[slots.length * 2];
        for (int handle = 0; handle < handlesUsed; handle++) {
            if (places[handle] != null) {
                link(handle, hashAt(handle));
            }
        }
    }

    private int hashAt(int handle) {
        return places[handle] instanceof byte[] packed
                ? AtRest.hashOf(packed)
                : awake(handle).id.hashCode();
    }

    /** Takes the device out; its handle is given out again. */
    void remove(int handle) {
        unlink(handle);
        places[handle] = null;
        size--;
        if (freeCount == freeHandles.length) {
            freeHandles = Arrays.copyOf(freeHandles, Math.max(16, freeCount * 2));
        }
        freeHandles[freeCount++] = handle;
    }

    /** Closes the gap, so that probing never has to pass over the graves of the removed. */
    private void unlink(int handle) {
        int mask = slots.length - 1;
        int gap = spread(hashAt(handle)) & mask;
        while (slots[gap] != handle + 1) {
            gap = (gap + 1) & mask;
        }
        slots[gap] = 0;
        for (int slot = (gap + 1) & mask; slots[slot] != 0; slot = (slot + 1) & mask) {
            int home = spread(hashAt(slots[slot] - 1)) & mask;
            if (((slot - home) & mask) >= ((slot - gap) & mask)) {
                slots[gap] = slots[slot];
                slots[slot] = 0;
                gap = slot;
            }
        }
    }

    /** How many devices there are. */
    int size() {
        return size;
    }

    /** One above the highest handle in use. */
    int handlesEnd() {
        return handlesUsed;
    }

    /** The low bits of an id's hash say little about those that end in a number. */
    private static int spread(int hash) {
        int mixed = hash * 0x9E3779B9;
        return mixed ^ (mixed >>> 15);
    }
}
