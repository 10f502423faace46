package io.lastmile.edge.auth;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import io.lastmile.edge.session.ChannelRights;
import io.lastmile.edge.session.Verdict;
import io.lastmile.node.Clock;
import java.nio.file.Path;
import java.text.ParseException;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * JSON Web Tokens, which a device sends as its password: signed with RS256, ES256 or HS256 by a key
 * of a JWKS file, with the device id as subject and an end.
 */
public final class Tokens implements Function<Credentials, Verdict> {
    private static final Set<JWSAlgorithm> ALGORITHMS =
            Set.of(JWSAlgorithm.RS256, JWSAlgorithm.ES256, JWSAlgorithm.HS256);

    private final WatchedFile<JWKSet> keys;
    private final DefaultJWTProcessor<SecurityContext> processor;
    private final Clock clock;

    /**
     * Reads the keys.
     *
     * @param issuer that tokens must name; null for any
     * @param audience that tokens must name; null for any
     */
    public Tokens(Path keyFile, @Nullable String issuer, @Nullable String audience, Clock clock) {
        this.clock = clock;
        keys = new WatchedFile<>("edge.jwt.keys", keyFile, Tokens::keys, clock);
        processor = new DefaultJWTProcessor<>();
        processor.setJWSKeySelector(
                new JWSVerificationKeySelector<>(
                        ALGORITHMS,
                        (selector, context) ->
                                new ImmutableJWKSet<>(keys.current()).get(selector, context)));
        JWTClaimsSet.Builder exactly = new JWTClaimsSet.Builder();
        if (issuer != null) {
            exactly.issuer(issuer);
        }
        // The library asks whether null is among them, which Set.of does not take.
        Set<String> audiences = audience == null ? null : new HashSet<>(List.of(audience));
        processor.setJWTClaimsSetVerifier(
                new DefaultJWTClaimsVerifier<>(
                        audiences, exactly.build(), Set.of("sub", "exp"), Set.of()));
    }

    private static JWKSet keys(String text) {
        try {
            JWKSet set = JWKSet.parse(text);
            if (set.isEmpty()) {
                throw new IllegalArgumentException("no key in it");
            }
            return set;
        } catch (ParseException e) {
            throw new IllegalArgumentException("no JSON Web Key Set", e);
        }
    }

    /**
     * What it says of channels.
     *
     * @throws IllegalArgumentException saying which claim is wrong
     */
    private static ChannelRights channels(JWTClaimsSet claims) {
        List<String> subscribe = texts(claims, "channels");
        List<String> join = texts(claims, "join");
        return subscribe.isEmpty() && join.isEmpty()
                ? ChannelRights.NONE
                : ChannelRights.of(subscribe, join);
    }

    private static List<String> texts(JWTClaimsSet claims, String claim) {
        List<String> texts;
        try {
            texts = claims.getStringListClaim(claim);
        } catch (ParseException e) {
            throw new IllegalArgumentException(claim + ": no list of texts", e);
        }
        if (texts == null) {
            return List.of();
        }
        if (texts.stream().anyMatch(Objects::isNull)) {
            throw new IllegalArgumentException(claim + ": no list of texts");
        }
        return texts;
    }

    @Override
    public Verdict apply(Credentials credentials) {
        try {
            JWTClaimsSet claims = processor.process(credentials.password().text(), null);
            if (!credentials.device().value().equals(claims.getSubject())) {
                return new Verdict.Refused("the token is another's");
            }
            // The library gives its end a minute of grace, for clocks that differ, as it does its
            // beginning. A connection is closed at the end by this very clock: no grace.
            long endsAtMs = claims.getExpirationTime().toInstant().toEpochMilli();
            return endsAtMs <= clock.nowMs()
                    ? new Verdict.Refused("the token has ended")
                    : new Verdict.Accepted(endsAtMs, channels(claims));
        } catch (ParseException e) {
            return new Verdict.Refused("no token");
        } catch (IllegalArgumentException e) {
            return new Verdict.Refused("a claim of the token is wrong: " + e.getMessage());
        } catch (BadJOSEException | JOSEException e) {
            return new Verdict.Refused(String.valueOf(e.getMessage()));
        }
    }
}
