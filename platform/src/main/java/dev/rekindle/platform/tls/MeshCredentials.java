package dev.rekindle.platform.tls;

import dev.rekindle.platform.Loop;
import io.grpc.ChannelCredentials;
import io.grpc.ServerCredentials;
import io.grpc.TlsChannelCredentials;
import io.grpc.TlsServerCredentials;
import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.grpc.util.AdvancedTlsX509TrustManager.Verification;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What gRPC encrypts and proves itself with. Both sides show certificates. Renewed files are taken over for connections
 * made from then on; files that are bad, or only half replaced, are told in the log while the present ones stay.
 */
public final class MeshCredentials implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(MeshCredentials.class);

    private final MeshTls tls;
    private final AdvancedTlsX509KeyManager keys = new AdvancedTlsX509KeyManager();
    private final AdvancedTlsX509TrustManager trust;
    private final Loop renewal;
    private Held held;

    /** What is in use. */
    private record Held(CertifiedKey own, List<X509Certificate> authorities) {}

    private MeshCredentials(MeshTls tls, Verification verification) {
        this.tls = tls;
        try {
            this.trust = AdvancedTlsX509TrustManager.newBuilder()
                    .setVerification(verification)
                    .build();
            this.held = read();
            use(held);
        } catch (BadCertificate | IOException | GeneralSecurityException e) {
            throw new IllegalStateException("The mesh's certificates cannot be used: " + e.getMessage(), e);
        }
        this.renewal = Loop.start("renew-certificates", tls.reload(), this::renew);
    }

    /** For a server: a caller may be any process of the mesh, wherever it runs. */
    public static MeshCredentials serving(MeshTls tls) {
        return new MeshCredentials(tls, Verification.CERTIFICATE_ONLY_VERIFICATION);
    }

    /** For a channel: a server must also have the name by which it was called. */
    public static MeshCredentials calling(MeshTls tls) {
        return new MeshCredentials(tls, Verification.CERTIFICATE_AND_HOST_NAME_VERIFICATION);
    }

    /** Of a server that talks to nobody without a certificate of the mesh. */
    public ServerCredentials server() {
        return TlsServerCredentials.newBuilder()
                .keyManager(keys)
                .trustManager(trust)
                .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE)
                .build();
    }

    /** Of a channel that shows its certificate. */
    public ChannelCredentials channel() {
        return TlsChannelCredentials.newBuilder()
                .keyManager(keys)
                .trustManager(trust)
                .build();
    }

    private Held read() throws BadCertificate {
        return new Held(tls.own().read(), CertificateFiles.certificates(tls.authorities()));
    }

    private boolean renew() throws IOException, GeneralSecurityException {
        Held now;
        try {
            now = read();
        } catch (BadCertificate e) {
            log.warn("The mesh's certificates are not renewed, those in use stay: {}", e.getMessage());
            return false;
        }
        if (!now.equals(held)) {
            use(now);
            held = now;
            log.info(
                    "Renewed certificates are in use, valid until {}",
                    now.own().chain().getFirst().getNotAfter().toInstant());
        }
        return false;
    }

    private void use(Held now) throws IOException, GeneralSecurityException {
        trust.updateTrustCredentials(now.authorities().toArray(X509Certificate[]::new));
        keys.updateIdentityCredentials(now.own().chainArray(), now.own().key());
    }

    @Override
    public void close() {
        renewal.close();
    }
}
