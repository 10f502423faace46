package io.lastmile.edge.auth;

import io.lastmile.edge.session.Verdict;
import io.lastmile.node.Clock;
import io.lastmile.wire.DeviceId;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The file of devices' passwords, a line each. The user name is the device id, or there is none.
 */
public final class Passwords implements Function<Credentials, Verdict> {
    private static final String WRONG = "not its password";

    private final WatchedFile<Known> file;
    private final int seed;

    /** Those of the file, and one more where it has none. */
    private record Known(Map<DeviceId, PasswordHash> byDevice, List<PasswordHash> all) {}

    /** Reads the file. */
    public Passwords(Path file, Clock clock) {
        SecureRandom random = new SecureRandom();
        PasswordHash nobodys =
                PasswordHash.of(
                        new DeviceId("nobody"),
                        PasswordHash.generated(random),
                        PasswordHash.ROUNDS,
                        random);
        seed = random.nextInt();
        this.file =
                new WatchedFile<>(
                        "edge.passwords",
                        file,
                        lines -> {
                            Map<DeviceId, PasswordHash> known = read(lines);
                            return new Known(
                                    known,
                                    known.isEmpty()
                                            ? List.of(nobodys)
                                            : List.copyOf(known.values()));
                        },
                        clock);
    }

    /**
     * Reads the lines.
     *
     * @throws IllegalArgumentException naming the line that is wrong
     */
    public static Map<DeviceId, PasswordHash> read(String lines) {
        Map<DeviceId, PasswordHash> byDevice = new HashMap<>();
        int number = 0;
        for (String line : lines.lines().toList()) {
            number++;
            if (line.isBlank() || line.stripLeading().startsWith("#")) {
                continue;
            }
            PasswordHash hash;
            try {
                hash = PasswordHash.parse(line);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("line " + number + ": " + e.getMessage(), e);
            }
            if (byDevice.put(hash.device(), hash) != null) {
                throw new IllegalArgumentException(
                        "line " + number + ": " + hash.device() + " stands twice");
            }
        }
        return byDevice;
    }

    @Override
    public Verdict apply(Credentials credentials) {
        String userName = credentials.userName();
        if (userName != null && !userName.equals(credentials.device().value())) {
            return new Verdict.Refused("the user name is not the device id");
        }
        if (credentials.password().isEmpty()) {
            return new Verdict.Refused("no password");
        }
        PasswordHash compared = compared(credentials.device());
        boolean right = compared.isOf(credentials.password().text());
        return right && compared.device().equals(credentials.device())
                ? new Verdict.Accepted(Verdict.FOR_EVER)
                : new Verdict.Refused(WRONG);
    }

    /**
     * What a password is compared with: for an unknown device another's, so that it takes as long
     * as for a known one. Rounds differ from line to line, and a device always meets the same line.
     */
    PasswordHash compared(DeviceId device) {
        Known all = file.current();
        PasswordHash own = all.byDevice.get(device);
        return own != null
                ? own
                : all.all.get(Math.floorMod(device.hashCode() ^ seed, all.all.size()));
    }
}
