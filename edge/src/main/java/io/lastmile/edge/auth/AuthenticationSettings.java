package io.lastmile.edge.auth;

import io.lastmile.edge.session.Verdict;
import io.lastmile.node.Clock;
import io.lastmile.node.Settings;
import io.lastmile.node.SettingsException;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * How devices have to show who they are.
 *
 * @param threads that check passwords and tokens
 * @param waitingMax CONNECTs that wait for them
 */
public record AuthenticationSettings(
        Kind kind,
        @Nullable Path tokenKeys,
        @Nullable String tokenIssuer,
        @Nullable String tokenAudience,
        @Nullable Path passwords,
        int threads,
        int waitingMax) {
    /** By what. */
    public enum Kind {
        /** They say it. */
        NONE,
        /** A signed token as password. */
        JWT,
        /** A password of their own. */
        PASSWORD,
        /** Their certificate. */
        MTLS
    }

    /** The settings of authentication. */
    public static AuthenticationSettings from(Settings settings) {
        Kind kind =
                settings.choice(
                        "edge.authentication",
                        Kind.NONE,
                        Kind.class,
                        "how devices show who they are; has to be said where edge.host is not"
                                + " loopback");
        String keys =
                settings.optionalText(
                        "edge.jwt.keys",
                        "file with the keys that tokens are signed with, a JSON Web Key Set; read"
                                + " again when it changes");
        String issuer = settings.optionalText("edge.jwt.issuer", "that tokens have to name");
        String audience = settings.optionalText("edge.jwt.audience", "that tokens have to name");
        String passwords =
                settings.optionalText(
                        "edge.passwords",
                        "file of devices' passwords, as lastmile password makes it; read again when"
                                + " it changes");
        int threads =
                settings.count(
                        "edge.authentication.threads",
                        0,
                        0,
                        256,
                        "threads that check passwords and tokens; 0 is one for two processors");
        if (kind == Kind.JWT && keys == null) {
            throw new SettingsException(
                    "edge.jwt.keys", "is missing: edge.authentication=jwt needs a file of keys");
        }
        if (kind == Kind.PASSWORD && passwords == null) {
            throw new SettingsException(
                    "edge.passwords",
                    "is missing: edge.authentication=password needs a file; lastmile password makes"
                            + " it");
        }
        return new AuthenticationSettings(
                kind,
                keys == null ? null : Path.of(keys),
                issuer,
                audience,
                passwords == null ? null : Path.of(passwords),
                threads == 0
                        ? Math.max(1, Runtime.getRuntime().availableProcessors() / 2)
                        : threads,
                settings.count(
                        "edge.authentication.waiting.max",
                        1_000,
                        1,
                        100_000,
                        "CONNECTs that wait for their password or token to be checked; more are told"
                                + " to come again"));
    }

    /**
     * Ready to decide.
     *
     * @throws SettingsException where a file cannot be used
     */
    public Authentication open(Clock clock) {
        return switch (kind) {
            case NONE -> Authentication.NONE;
            case MTLS -> new CertificateNames();
            case JWT -> away(new Tokens(given(tokenKeys), tokenIssuer, tokenAudience, clock));
            case PASSWORD -> away(new Passwords(given(passwords), clock));
        };
    }

    private Authentication away(Function<Credentials, Verdict> check) {
        return new AwayFromLoops(check, threads, waitingMax);
    }

    private static Path given(@Nullable Path file) {
        if (file == null) {
            throw new IllegalStateException("refused when the settings were read");
        }
        return file;
    }
}
