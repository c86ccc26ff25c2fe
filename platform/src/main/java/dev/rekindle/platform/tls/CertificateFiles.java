package dev.rekindle.platform.tls;

import dev.rekindle.platform.config.Settings;
import io.grpc.util.CertificateUtils;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.X509Certificate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where a certificate and its key stand, both in PEM.
 *
 * @param certificate the certificate, and those between it and the authority where there are any
 * @param key RSA or EC, in PKCS #8, not encrypted
 */
public record CertificateFiles(Path certificate, Path key) {
    /** What a setting that names no file is. */
    static final Path NONE = Path.of("");

    /** Reads {@code certificate} and {@code key}; null if neither is given. What is wrong with them is told at the start. */
    public static @Nullable CertificateFiles from(Settings tls) {
        CertificateFiles files = new CertificateFiles(tls.path("certificate", NONE), tls.path("key", NONE));
        boolean hasCertificate = !files.certificate.equals(NONE);
        boolean hasKey = !files.key.equals(NONE);
        if (!hasCertificate && !hasKey) {
            return null;
        }
        if (!hasCertificate || !hasKey) {
            tls.problem(hasKey ? "certificate" : "key", "is missing; expected both, a certificate and its key.");
            return null;
        }
        try {
            var _ = files.read();
        } catch (BadCertificate e) {
            tls.problem("certificate", "cannot be used: " + e.getMessage());
        }
        return files;
    }

    /**
     * Reads both files.
     *
     * @throws BadCertificate if one cannot be read, is not what it should be, does not fit the other, or is not valid now
     */
    public CertifiedKey read() throws BadCertificate {
        CertifiedKey read = new CertifiedKey(certificates(certificate), readKey());
        try {
            if (!read.belongsTogether()) {
                throw new BadCertificate(key + " is not the key of the certificate in " + certificate + ".");
            }
        } catch (GeneralSecurityException e) {
            throw new BadCertificate(key + " is not the key of the certificate in " + certificate + ": " + e + ".");
        }
        return read;
    }

    private PrivateKey readKey() throws BadCertificate {
        try (InputStream in = Files.newInputStream(key)) {
            return CertificateUtils.getPrivateKey(in);
        } catch (IOException e) {
            throw unreadable(key, e);
        } catch (GeneralSecurityException | IllegalArgumentException e) { // the latter for what is no base64
            throw new BadCertificate(
                    key + " holds no usable key; expected RSA or EC in PKCS #8, in PEM, without a pass phrase.");
        }
    }

    /** All certificates of a file, each valid now. */
    static List<X509Certificate> certificates(Path file) throws BadCertificate {
        try (InputStream in = Files.newInputStream(file)) {
            List<X509Certificate> certificates = List.of(CertificateUtils.getX509Certificates(in));
            if (certificates.isEmpty()) {
                throw new BadCertificate(file + " holds no certificate; expected certificates in PEM.");
            }
            for (X509Certificate one : certificates) {
                one.checkValidity();
            }
            return certificates;
        } catch (IOException e) {
            throw unreadable(file, e);
        } catch (CertificateExpiredException | CertificateNotYetValidException e) {
            throw new BadCertificate(file + " is not valid now: " + e.getMessage() + ".");
        } catch (GeneralSecurityException e) {
            throw new BadCertificate(file + " holds something else; expected certificates in PEM.");
        }
    }

    private static BadCertificate unreadable(Path file, IOException e) {
        return new BadCertificate(file + " cannot be read (" + e.getClass().getSimpleName() + ").");
    }
}
