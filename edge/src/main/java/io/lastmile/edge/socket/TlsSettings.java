package io.lastmile.edge.socket;

import io.lastmile.node.tls.CertifiedKeyFiles;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the edge's certificate is.
 *
 * @param own certificate and key
 * @param deviceCa who signs devices' certificates, PEM; null where devices need none
 */
public record TlsSettings(CertifiedKeyFiles own, @Nullable Path deviceCa) {
    /** The settings' names are these. */
    public TlsSettings(Path certificate, Path key, @Nullable Path deviceCa) {
        this(
                new CertifiedKeyFiles("edge.tls.certificate", certificate, "edge.tls.key", key),
                deviceCa);
    }
}
