package io.lastmile.wire.record;

import io.lastmile.wire.DeviceId;
import io.lastmile.wire.MalformedException;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A key of {@code lastmile.revocations}. To disconnect a device once has a key of its own, so that
 * it never takes the place of a revocation, whoever wrote that meanwhile.
 *
 * @param once whether the device may come again at once
 */
public record RevocationKey(DeviceId device, boolean once) {
    /** No part of any device id. */
    private static final String ONCE = " once";

    /** The key of the record. */
    public byte[] encode() {
        return once ? (device.value() + ONCE).getBytes(StandardCharsets.US_ASCII) : device.bytes();
    }

    /**
     * The key of a record's bytes, which may have none.
     *
     * @throws MalformedException where they are none
     */
    public static RevocationKey decode(byte @Nullable [] key) {
        String text = key == null ? "" : new String(key, StandardCharsets.ISO_8859_1);
        boolean once = text.endsWith(ONCE);
        String device = once ? text.substring(0, text.length() - ONCE.length()) : text;
        if (!DeviceId.isValid(device)) {
            throw new MalformedException("device", DeviceId.RULE);
        }
        return new RevocationKey(new DeviceId(device), once);
    }
}
