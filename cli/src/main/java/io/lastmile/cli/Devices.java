package io.lastmile.cli;

import io.lastmile.wire.DeviceId;

/** Reads device ids from the command line. */
public final class Devices {
    private Devices() {}

    /**
     * The device of an option's value.
     *
     * @throws CommandException naming the option and the rule
     */
    public static DeviceId parse(String option, String value) {
        if (!DeviceId.isValid(value)) {
            throw CommandException.usage("%s: %s".formatted(option, DeviceId.RULE));
        }
        return new DeviceId(value);
    }
}
