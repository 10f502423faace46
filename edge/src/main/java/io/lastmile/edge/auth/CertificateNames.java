package io.lastmile.edge.auth;

import io.lastmile.edge.session.Verdict;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import javax.naming.NamingException;
import javax.naming.directory.Attribute;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.jspecify.annotations.Nullable;

/**
 * The device id is the common name of the device's certificate, if it has just one, or one of its
 * other names that is a DNS name or a URI, letter for letter. Other kinds, such as addresses, may
 * have been put there by who asked for the certificate: they say nothing.
 */
public final class CertificateNames implements Authentication {
    private static final Set<Integer> NAMING = Set.of(2, 6); // dNSName and URI (RFC 5280, 4.2.1.6)

    @Override
    public Verdict check(Credentials credentials, PendingConnect connect) {
        X509Certificate certificate = credentials.certificate();
        if (certificate == null) {
            return new Verdict.Refused("no certificate");
        }
        String device = credentials.device().value();
        return device.equals(commonName(certificate)) || hasName(certificate, device)
                ? new Verdict.Accepted(certificate.getNotAfter().toInstant().toEpochMilli())
                : new Verdict.Refused("the certificate is another's");
    }

    private static @Nullable String commonName(X509Certificate certificate) {
        try {
            LdapName subject = new LdapName(certificate.getSubjectX500Principal().getName());
            Object only = null;
            for (Rdn part : subject.getRdns()) {
                Attribute names = part.toAttributes().get("CN"); // one part may have several
                if (names != null) {
                    if (only != null || names.size() > 1) {
                        return null; // whoever reads it may take another one for the name
                    }
                    only = names.get();
                }
            }
            return only instanceof String name ? name : null;
        } catch (NamingException e) {
            return null;
        }
    }

    private static boolean hasName(X509Certificate certificate, String device) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names != null
                    && names.stream()
                            .anyMatch(name ->
                                    NAMING.contains(name.get(0)) && device.equals(name.get(1)));
        } catch (CertificateParsingException e) {
            return false;
        }
    }
}
