package dev.rekindle.gateway;

import com.linecorp.armeria.common.TlsKeyPair;
import com.linecorp.armeria.common.TlsProvider;
import dev.rekindle.platform.tls.BadCertificate;
import dev.rekindle.platform.tls.CertifiedKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The certificate of the public port. A renewed one is shown on the next connections; a bad one is not, the present stays. */
final class PublicCertificate {
    private static final Logger log = LoggerFactory.getLogger(PublicCertificate.class);

    private final HttpConfig.Tls tls;
    private TlsKeyPair present;

    private PublicCertificate(HttpConfig.Tls tls) {
        this.tls = tls;
        try {
            this.present = pair(tls.files().read());
        } catch (BadCertificate e) {
            throw new IllegalStateException("The public certificate cannot be used: " + e.getMessage(), e);
        }
    }

    static TlsProvider follow(HttpConfig.Tls tls) {
        return TlsProvider.ofScheduled(new PublicCertificate(tls)::read, tls.reload());
    }

    private synchronized TlsKeyPair read() {
        try {
            TlsKeyPair now = pair(tls.files().read());
            if (!now.equals(present)) {
                log.info("A renewed certificate is shown at the public port");
                present = now;
            }
        } catch (BadCertificate e) {
            log.warn("The public certificate is not renewed, the present one stays: {}", e.getMessage());
        }
        return present;
    }

    private static TlsKeyPair pair(CertifiedKey read) {
        return TlsKeyPair.of(read.key(), read.chain());
    }
}
