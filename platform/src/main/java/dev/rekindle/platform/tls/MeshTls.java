package dev.rekindle.platform.tls;

import dev.rekindle.platform.config.Durations;
import dev.rekindle.platform.config.Settings;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * By what a process proves to others of the mesh that it belongs to it, and by what it knows them.
 *
 * @param own this process' certificate, for serving and for calling
 * @param authorities certificates in PEM; who has one that they signed belongs to the mesh
 * @param reload how often the files are looked at for renewed ones
 */
public record MeshTls(CertificateFiles own, Path authorities, Duration reload) {

    /** How often renewed certificates are looked for by default. */
    public static final Duration RELOAD = Duration.ofMinutes(1);

    /** Reads {@code mesh.tls}; null if nothing of it is given, and the mesh speaks in clear. */
    public static @Nullable MeshTls from(Settings settings) {
        Settings tls = settings.under("mesh").under("tls");
        Duration reload = tls.duration("reload", RELOAD, Duration.ofMillis(50), Duration.ofDays(1));
        Path authorities = tls.path("ca", CertificateFiles.NONE);
        CertificateFiles own = CertificateFiles.from(tls);
        if (own == null) {
            if (!authorities.equals(CertificateFiles.NONE) && !tls.has("certificate") && !tls.has("key")) {
                tls.problem("certificate", "is missing; mesh.tls.ca alone protects nothing.");
            }
            return null;
        }
        if (authorities.equals(CertificateFiles.NONE)) {
            tls.problem("ca", "is missing; expected the certificates of the authorities that the mesh trusts.");
            return null;
        }
        MeshTls mesh = new MeshTls(own, authorities, reload);
        try {
            var _ = CertificateFiles.certificates(authorities);
        } catch (BadCertificate e) {
            tls.problem("ca", "cannot be used: " + e.getMessage());
        }
        return mesh;
    }

    @Override
    public String toString() {
        return "mTLS by " + own.certificate() + ", looked at every " + Durations.show(reload);
    }
}
