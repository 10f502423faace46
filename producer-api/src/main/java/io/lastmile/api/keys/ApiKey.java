package io.lastmile.api.keys;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A key as its line in the file says it. The key itself is 32 random bytes behind its name, {@code
 * lm.NAME.SECRET}; in the file is only its SHA-256, which is enough for what nobody can guess.
 *
 * @param hash of the whole key, in hex
 * @param perSecond requests and messages; 0 is no bound
 */
public record ApiKey(
        String name,
        String hash,
        Set<Scope> scopes,
        List<String> devicePrefixes,
        List<String> channelPrefixes,
        int perSecond) {
    /** What to tell somebody whose line was refused. */
    public static final String RULE =
            "a line is: NAME sha256:HEX scopes=send,read,channels,replay,admin [devices=PREFIX,PREFIX] [channels=PREFIX,PREFIX] [rate=N]";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,64}");
    private static final Pattern HASH = Pattern.compile("sha256:[0-9a-f]{64}");
    private static final Pattern PREFIX = Pattern.compile("[A-Za-z0-9._:~@-]{1,128}");
    private static final String BEGIN = "lm.";
    private static final int SECRET_BYTES = 32;

    public ApiKey {
        scopes = Set.copyOf(scopes);
        devicePrefixes = List.copyOf(devicePrefixes);
        channelPrefixes = List.copyOf(channelPrefixes);
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("a key's name is 1 to 64 of A-Z a-z 0-9 _ -");
        }
        if (scopes.isEmpty() || perSecond < 0) {
            throw new IllegalArgumentException(RULE);
        }
        check("device", devicePrefixes);
        check("channel", channelPrefixes);
    }

    private static void check(String of, List<String> prefixes) {
        for (String prefix : prefixes) {
            if (!PREFIX.matcher(prefix).matches()) {
                throw new IllegalArgumentException(
                        "a " + of + " prefix is 1 to 128 of A-Z a-z 0-9 . _ : ~ @ -");
            }
        }
    }

    /** A key of that name that nobody has had yet; to be shown once. */
    public static String secret(String name, SecureRandom random) {
        byte[] bytes = new byte[SECRET_BYTES];
        random.nextBytes(bytes);
        return BEGIN + name + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** The name in a key; empty where it is none. */
    static String nameIn(String secret) {
        int end = secret.indexOf('.', BEGIN.length());
        return secret.startsWith(BEGIN) && end > 0 ? secret.substring(BEGIN.length(), end) : "";
    }

    /** What stands in the file instead of a key. */
    public static String hash(String secret) {
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256")
                            .digest(secret.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every JDK has it
        }
    }

    /** Whether this is the key; takes as long whatever is wrong with it. */
    boolean isOf(String secret) {
        return MessageDigest.isEqual(
                hash.getBytes(StandardCharsets.US_ASCII),
                hash(secret).getBytes(StandardCharsets.US_ASCII));
    }

    /**
     * The key of a line.
     *
     * @throws IllegalArgumentException naming the rule
     */
    static ApiKey parse(String line) {
        String[] parts = line.strip().split("\\s+");
        if (parts.length < 3 || !HASH.matcher(parts[1]).matches()) {
            throw new IllegalArgumentException(RULE);
        }
        Set<Scope> scopes = EnumSet.noneOf(Scope.class);
        List<String> devices = List.of();
        List<String> channels = List.of();
        int perSecond = 0;
        for (String part : List.of(parts).subList(2, parts.length)) {
            String value = part.substring(part.indexOf('=') + 1);
            if (part.startsWith("scopes=")) {
                for (String label : value.split(",", -1)) {
                    scopes.add(
                            Scope.ofLabel(label)
                                    .orElseThrow(() -> new IllegalArgumentException(RULE)));
                }
            } else if (part.startsWith("devices=")) {
                devices = List.of(value.split(",", -1));
            } else if (part.startsWith("channels=")) {
                channels = List.of(value.split(",", -1));
            } else if (part.startsWith("rate=")) {
                perSecond = rate(value);
            } else {
                throw new IllegalArgumentException(RULE);
            }
        }
        return new ApiKey(
                parts[0],
                parts[1].substring("sha256:".length()),
                scopes,
                devices,
                channels,
                perSecond);
    }

    private static int rate(String text) {
        try {
            int rate = Integer.parseInt(text);
            if (rate > 0) {
                return rate;
            }
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(RULE, e);
        }
        throw new IllegalArgumentException(RULE);
    }

    /** Its line in the file. */
    public String line() {
        String labels = scopes.stream().sorted().map(Scope::label).collect(Collectors.joining(","));
        return name
                + " sha256:"
                + hash
                + " scopes="
                + labels
                + (devicePrefixes.isEmpty() ? "" : " devices=" + String.join(",", devicePrefixes))
                + (channelPrefixes.isEmpty()
                        ? ""
                        : " channels=" + String.join(",", channelPrefixes))
                + (perSecond == 0 ? "" : " rate=" + perSecond);
    }
}
