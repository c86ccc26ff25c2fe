package dev.rekindle.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.rekindle.embedded.certs.TrialCertificates;
import dev.rekindle.platform.config.BadSettings;
import dev.rekindle.platform.config.Settings;
import dev.rekindle.testkit.Eventually;
import io.grpc.ChannelCredentials;
import io.grpc.Grpc;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The public port with a certificate. */
@Tag("API-07")
class TlsIT {
    @TempDir
    private Path folder;

    private TrialCertificates made(String name) throws Exception {
        TrialCertificates certificates = new TrialCertificates(folder.resolve(name), Clock.systemUTC());
        certificates.make(List.of(), false);
        return certificates;
    }

    private static GatewayFixture serving(TrialCertificates certificates) throws InterruptedException {
        return new GatewayFixture(
                List.of(),
                Map.of(
                        "tls.certificate", certificates.certificate("gateway").toString(),
                        "tls.key", certificates.key("gateway").toString(),
                        "tls.reload", "50ms"));
    }

    private static X509Certificate read(Path file) throws Exception {
        try (InputStream in = Files.newInputStream(file)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    /** A client that trusts one authority. */
    private static HttpClient client(Path authority, HttpClient.Version version) throws Exception {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        trusted.setCertificateEntry("ca", read(authority));
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return HttpClient.newBuilder()
                .sslContext(context)
                .version(version)
                .connectTimeout(Duration.ofSeconds(10))
                .build();
    }

    private static HttpResponse<String> get(HttpClient client, String scheme, int port) throws Exception {
        return client.send(
                HttpRequest.newBuilder(URI.create(scheme + "://localhost:" + port + "/health/live"))
                        .timeout(Duration.ofSeconds(10))
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    @Test
    void with_a_certificate_it_speaks_http_2_and_1_over_tls_and_asks_browsers_to_stay_with_it() throws Exception {
        TrialCertificates certificates = made("own");
        try (GatewayFixture fixture = serving(certificates)) {
            for (HttpClient.Version version : HttpClient.Version.values()) {
                if (version == HttpClient.Version.HTTP_1_1 || version == HttpClient.Version.HTTP_2) {
                    try (HttpClient client = client(certificates.authority(), version)) {
                        HttpResponse<String> answer = get(client, "https", fixture.gateway.port());
                        assertThat(answer.statusCode()).isEqualTo(200);
                        assertThat(answer.version()).isEqualTo(version);
                        assertThat(answer.headers().firstValue("strict-transport-security"))
                                .hasValueSatisfying(value -> assertThat(value).contains("max-age=31536000"));
                    }
                }
            }
            try (HttpClient client = HttpClient.newHttpClient()) {
                assertThat(catchThrowable(() -> get(client, "http", fixture.gateway.port())))
                        .as("in clear")
                        .isNotNull();
            }
            ChannelCredentials trusting = TlsChannelCredentials.newBuilder()
                    .trustManager(certificates.authority().toFile())
                    .build();
            ManagedChannel channel = Grpc.newChannelBuilder("localhost:" + fixture.gateway.port(), trusting)
                    .build();
            try {
                assertThat(HealthGrpc.newBlockingStub(channel)
                                .withDeadlineAfter(10, TimeUnit.SECONDS)
                                .check(HealthCheckRequest.getDefaultInstance())
                                .getStatus())
                        .isEqualTo(HealthCheckResponse.ServingStatus.SERVING);
            } finally {
                channel.shutdownNow();
            }
        }
    }

    @Test
    void without_one_it_speaks_in_clear_and_says_nothing_of_tls() throws Exception {
        try (GatewayFixture fixture = new GatewayFixture();
                HttpClient client = HttpClient.newHttpClient()) {
            HttpResponse<String> answer = get(client, "http", fixture.gateway.port());
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("strict-transport-security")).isEmpty();
        }
    }

    @Test
    void a_renewed_certificate_is_shown_without_a_restart() throws Exception {
        TrialCertificates used = made("used");
        TrialCertificates next = made("next");
        try (GatewayFixture fixture = serving(used)) {
            try (HttpClient client = client(next.authority(), HttpClient.Version.HTTP_2)) {
                assertThat(catchThrowable(() -> get(client, "https", fixture.gateway.port())))
                        .as("its certificate is not of the next authority yet")
                        .isNotNull();
            }
            Files.move(next.key("gateway"), used.key("gateway"), StandardCopyOption.REPLACE_EXISTING);
            Files.move(next.certificate("gateway"), used.certificate("gateway"), StandardCopyOption.REPLACE_EXISTING);

            assertThat(Eventually.answers(() -> {
                        try (HttpClient client = client(next.authority(), HttpClient.Version.HTTP_2)) {
                            return get(client, "https", fixture.gateway.port()).statusCode();
                        }
                    }))
                    .isEqualTo(200);
        }
    }

    @Test
    void a_certificate_without_its_key_ends_the_start() throws Exception {
        Map<String, String> half =
                Map.of("tls.certificate", made("own").certificate("gateway").toString());

        Settings settings = Settings.of(half);
        var _ = HttpConfig.from(settings);

        assertThatThrownBy(settings::check)
                .isInstanceOf(BadSettings.class)
                .hasMessageContaining("tls.key")
                .hasMessageContaining("is missing");
    }
}
