package io.lastmile.edge.auth;

import io.lastmile.wire.DeviceId;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * A password as it stands in the file: PBKDF2 with HMAC-SHA-512, a salt and a number of rounds,
 * behind its device.
 */
public final class PasswordHash {
    /** As OWASP recommends for this function. */
    public static final int ROUNDS = 210_000;

    private static final String NAME = "pbkdf2-sha512";
    private static final int SALT_BYTES = 16;
    private static final int HASH_BYTES = 32;
    private static final int ROUNDS_MIN = 1_000;
    private static final int ROUNDS_MAX = 10_000_000;

    private final DeviceId device;
    private final int rounds;
    private final byte[] salt;
    private final byte[] hash;

    private PasswordHash(DeviceId device, int rounds, byte[] salt, byte[] hash) {
        this.device = device;
        this.rounds = rounds;
        this.salt = salt;
        this.hash = hash;
    }

    /** Of a new password. */
    public static PasswordHash of(
            DeviceId device, String password, int rounds, SecureRandom random) {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        return new PasswordHash(device, rounds, salt, hash(password, salt, rounds));
    }

    /** A password that nobody guesses. */
    public static String generated(SecureRandom random) {
        byte[] bytes = new byte[24];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /**
     * Reads a line of the file.
     *
     * @throws IllegalArgumentException saying what a line has to look like
     */
    public static PasswordHash parse(String line) {
        String[] words = line.strip().split("[ \t]+", -1);
        if (words.length == 2 && DeviceId.isValid(words[0])) {
            String[] parts = words[1].split("\\$", -1);
            if (parts.length == 4 && parts[0].equals(NAME) && parts[1].matches("[0-9]{4,8}")) {
                int rounds = Integer.parseInt(parts[1]);
                byte[] salt = HexFormat.of().parseHex(parts[2]);
                byte[] hash = HexFormat.of().parseHex(parts[3]);
                if (rounds >= ROUNDS_MIN && rounds <= ROUNDS_MAX && hash.length == HASH_BYTES) {
                    return new PasswordHash(new DeviceId(words[0]), rounds, salt, hash);
                }
            }
        }
        throw new IllegalArgumentException(
                "a line is DEVICE " + NAME + "$ROUNDS$SALT$HASH, as `lastmile password` makes it");
    }

    DeviceId device() {
        return device;
    }

    int rounds() {
        return rounds;
    }

    boolean isOf(String password) {
        return MessageDigest.isEqual(hash, hash(password, salt, rounds));
    }

    /** As in the file. */
    public String line() {
        HexFormat hex = HexFormat.of();
        return device
                + " "
                + NAME
                + "$"
                + rounds
                + "$"
                + hex.formatHex(salt)
                + "$"
                + hex.formatHex(hash);
    }

    private static byte[] hash(String password, byte[] salt, int rounds) {
        char[] characters = password.toCharArray();
        try {
            PBEKeySpec spec = new PBEKeySpec(characters, salt, rounds, 8 * HASH_BYTES);
            return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA512")
                    .generateSecret(spec)
                    .getEncoded();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        } finally {
            Arrays.fill(characters, ' ');
        }
    }
}
