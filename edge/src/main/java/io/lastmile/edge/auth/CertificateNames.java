package io.lastmile.edge.auth;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Collection;
import java.util.List;
import java.util.function.Consumer;
import javax.naming.InvalidNameException;
import javax.naming.ldap.LdapName;
import javax.naming.ldap.Rdn;
import org.jspecify.annotations.Nullable;

/** The device id is the common name of the device's certificate, or one of its other names. */
public final class CertificateNames implements Authentication {
    @Override
    public Verdict check(Credentials credentials, Consumer<Verdict> later) {
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
            for (Rdn part : subject.getRdns()) {
                if (part.getType().equalsIgnoreCase("CN")) {
                    return part.getValue().toString();
                }
            }
            return null;
        } catch (InvalidNameException e) {
            return null;
        }
    }

    private static boolean hasName(X509Certificate certificate, String device) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names != null
                    && names.stream()
                            .anyMatch(name -> name.size() > 1 && device.equals(name.get(1)));
        } catch (CertificateParsingException e) {
            return false;
        }
    }
}
