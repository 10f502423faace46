package io.lastmile.edge.auth;

import io.lastmile.node.Clock;
import io.lastmile.wire.DeviceId;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;

/**
 * The file of devices' passwords, a line each. The user name is the device id, or there is none.
 */
public final class Passwords implements Function<Credentials, Verdict> {
    private static final String WRONG = "not its password";

    private final WatchedFile<Map<DeviceId, PasswordHash>> file;

    /** Compared with for an unknown device, so that this takes as long. */
    private final PasswordHash nobodys;

    /** Reads the file. */
    public Passwords(Path file, Clock clock) {
        this.file = new WatchedFile<>("edge.passwords", file, Passwords::read, clock);
        SecureRandom random = new SecureRandom();
        nobodys =
                PasswordHash.of(
                        new DeviceId("nobody"),
                        PasswordHash.generated(random),
                        PasswordHash.ROUNDS,
                        random);
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
        PasswordHash known = file.current().get(credentials.device());
        boolean right = (known == null ? nobodys : known).isOf(credentials.password().text());
        return right && known != null
                ? new Verdict.Accepted(Verdict.FOR_EVER)
                : new Verdict.Refused(WRONG);
    }
}
