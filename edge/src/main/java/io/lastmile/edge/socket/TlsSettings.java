package io.lastmile.edge.socket;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the edge's certificate is.
 *
 * @param certificate chain of certificates, PEM
 * @param key private key of the first of them, PEM (PKCS#8)
 * @param deviceCa who signs devices' certificates, PEM; null where devices need none
 */
public record TlsSettings(Path certificate, Path key, @Nullable Path deviceCa) {}
