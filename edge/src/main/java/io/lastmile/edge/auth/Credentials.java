package io.lastmile.edge.auth;

import io.lastmile.wire.DeviceId;
import java.security.cert.X509Certificate;
import org.jspecify.annotations.Nullable;

/**
 * What a device shows.
 *
 * @param device who it says it is
 * @param userName null where it gives none
 * @param certificate that it proved to have, over TLS; null without one
 */
public record Credentials(
        DeviceId device,
        @Nullable String userName,
        Password password,
        @Nullable X509Certificate certificate) {}
