package io.lastmile.cli.dev;

import io.lastmile.cli.CommandException;
import io.lastmile.node.Settings;
import java.util.random.RandomGenerator;

/** How far from the usual ports those of {@code dev} are; to run several at once. */
final class PortOffset {
    /** Looks for an offset at which every port is free. */
    static final String AUTO = "auto";

    private static final int MAX = 50_000;

    /** All ports stay below 32,768, where Linux begins to take those of outgoing connections. */
    private static final int AUTO_END = 23_500;

    private static final int AUTO_FIRST = 1_000;
    private static final int AUTO_ATTEMPTS_MAX = 100;

    private PortOffset() {}

    /**
     * The addresses at that offset, every one of them free.
     *
     * @param offset 0 to {@value #MAX}, or {@value #AUTO}
     * @throws CommandException if it is neither, or naming a port that is not free
     */
    static DevAddresses addresses(Settings given, String offset, RandomGenerator random) {
        if (!offset.equals(AUTO)) {
            return free(given, parsed(offset));
        }
        for (int attempt = 1; ; attempt++) {
            try {
                return free(given, random.nextInt(AUTO_FIRST, AUTO_END));
            } catch (CommandException e) {
                if (attempt == AUTO_ATTEMPTS_MAX) {
                    throw e;
                }
            }
        }
    }

    private static int parsed(String offset) {
        try {
            int parsed = Integer.parseInt(offset);
            if (parsed >= 0 && parsed <= MAX) {
                return parsed;
            }
        } catch (NumberFormatException e) {
            // said below, as of a number out of range
        }
        throw CommandException.usage("--port-offset is 0 to " + MAX + ", or " + AUTO);
    }

    private static DevAddresses free(Settings given, int offset) {
        DevAddresses addresses = new DevAddresses(given, offset);
        PortCheck.allFree(addresses.all(), ", or move all with --port-offset=auto");
        return addresses;
    }
}
