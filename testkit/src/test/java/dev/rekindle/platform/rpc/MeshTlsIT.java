package dev.rekindle.platform.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rekindle.embedded.certs.TrialCertificates;
import dev.rekindle.jobs.v1.GetJobRequest;
import dev.rekindle.jobs.v1.JobsServiceGrpc;
import dev.rekindle.platform.config.BadSettings;
import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.telemetry.Telemetry;
import dev.rekindle.platform.tls.CertificateFiles;
import dev.rekindle.platform.tls.MeshTls;
import dev.rekindle.testkit.Eventually;
import dev.rekindle.testkit.ManualClock;
import dev.rekindle.testkit.Mesh;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Processes of the mesh that prove themselves by certificates, with real files and real connections. */
@Tag("API-07")
class MeshTlsIT {
    private static final Duration RELOAD = Duration.ofMillis(50);
    private static final GetJobRequest REQUEST = GetJobRequest.newBuilder()
            .setJobId("018f0000-0000-7000-8000-000000000001")
            .build();

    @TempDir
    static Path folder;

    private static Telemetry telemetry;
    private static TrialCertificates ours;
    private static TrialCertificates others;

    @BeforeAll
    static void makeCertificates() throws IOException {
        telemetry = Mesh.telemetry();
        ours = made("ours", Clock.systemUTC());
        others = made("others", Clock.systemUTC());
    }

    @AfterAll
    static void end() {
        telemetry.close();
    }

    private static TrialCertificates made(String name, Clock clock) throws IOException {
        TrialCertificates certificates = new TrialCertificates(folder.resolve(name), clock);
        certificates.make(List.of(), false);
        return certificates;
    }

    private static MeshTls tls(TrialCertificates of, String process, TrialCertificates trusted) {
        return new MeshTls(new CertificateFiles(of.certificate(process), of.key(process)), trusted.authority(), RELOAD);
    }

    private static RpcChannel channel(String host, int port, @Nullable MeshTls tls) {
        return RpcChannel.open(
                new RpcTarget("static:///" + host + ":" + port, List.of(JobsServiceGrpc.getServiceDescriptor()), tls),
                () -> Mesh.tokens("gateway").sign(Mesh.user("ada")),
                telemetry);
    }

    private static String call(RpcChannel channel) {
        return JobsServiceGrpc.newBlockingStub(channel.channel())
                .withDeadlineAfter(5, TimeUnit.SECONDS)
                .getJob(REQUEST)
                .getJob()
                .getUserId();
    }

    private static Status.Code refusal(int port, @Nullable MeshTls tls) {
        try (RpcChannel channel = channel("127.0.0.1", port, tls)) {
            return catchThrowableOfType(StatusRuntimeException.class, () -> call(channel))
                    .getStatus()
                    .getCode();
        }
    }

    @Test
    void two_processes_of_one_mesh_understand_each_other_by_name_and_by_address() {
        try (Greeter jobs = new Greeter("jobs", tls(ours, "jobs", ours), telemetry)) {
            for (String host : List.of("127.0.0.1", "localhost")) {
                try (RpcChannel channel = channel(host, jobs.port(), tls(ours, "gateway", ours))) {
                    assertThat(call(channel)).as(host).isEqualTo("jobs");
                }
            }
        }
    }

    @Test
    void who_has_no_certificate_or_one_of_another_authority_is_refused_and_its_call_never_arrives() {
        try (Greeter jobs = new Greeter("jobs", tls(ours, "jobs", ours), telemetry)) {
            assertThat(refusal(jobs.port(), null)).as("in clear").isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(refusal(jobs.port(), tls(others, "gateway", ours)))
                    .as("a certificate of another authority")
                    .isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(catchThrowable(() -> handshakeWithoutCertificate(jobs.port())))
                    .as("no certificate")
                    .isInstanceOf(IOException.class);
            assertThat(jobs.calls).hasValue(0);
        }
    }

    /** TLS 1.3 tells a client that its certificate is missed with the first bytes it reads. */
    private static void handshakeWithoutCertificate(int port) throws Exception {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, new TrustManager[] {new TrustsAll()}, null);
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port)) {
            socket.setSoTimeout(5000);
            var parameters = socket.getSSLParameters();
            parameters.setApplicationProtocols(new String[] {"h2"});
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            if (socket.getInputStream().read() < 0) {
                throw new IOException("The server hung up");
            }
            if (socket.getInputStream().read() >= 0) {
                return; // it speaks HTTP/2 with somebody it does not know
            }
            throw new IOException("The server hung up");
        }
    }

    /** Lets any server pass: what is tested is whether the server lets us pass. */
    private static final class TrustsAll implements X509TrustManager {
        @Override
        public void checkClientTrusted(X509Certificate[] chain, String type) {}

        @Override
        public void checkServerTrusted(X509Certificate[] chain, String type) {}

        @Override
        public X509Certificate[] getAcceptedIssuers() {
            return new X509Certificate[0];
        }
    }

    @Test
    void a_server_of_another_authority_or_of_another_name_is_not_spoken_to() {
        try (Greeter stranger = new Greeter("stranger", tls(others, "jobs", ours), telemetry)) {
            assertThat(refusal(stranger.port(), tls(ours, "gateway", ours))).isEqualTo(Status.Code.UNAVAILABLE);
        }
        // Linux answers at all of 127.0.0.0/8, and of that only 127.0.0.1 stands in the certificate.
        try (Greeter jobs = new Greeter("127.0.0.2", "jobs", tls(ours, "jobs", ours), telemetry);
                RpcChannel channel = channel("127.0.0.2", jobs.port(), tls(ours, "gateway", ours))) {
            assertThat(catchThrowable(() -> call(channel))).isInstanceOf(StatusRuntimeException.class);
            assertThat(jobs.calls).hasValue(0);
        }
    }

    @Test
    void renewed_certificates_are_taken_over_without_a_restart_and_bad_ones_are_not() throws Exception {
        TrialCertificates used = made("used", Clock.systemUTC());
        try (Greeter jobs = new Greeter("jobs", tls(used, "jobs", used), telemetry);
                RpcChannel before = channel("127.0.0.1", jobs.port(), tls(used, "gateway", used))) {
            assertThat(call(before)).isEqualTo("jobs");
            var first = serial(used.certificate("jobs"));
            Files.writeString(used.certificate("jobs"), "half a certifi");
            try (RpcChannel meanwhile = channel("127.0.0.1", jobs.port(), tls(used, "gateway", used))) {
                assertThat(call(meanwhile)).isEqualTo("jobs");
            }

            // All of another authority: only who has read the files again can speak with who starts anew with them.
            for (String process : List.of("jobs", "gateway")) {
                replace(others.key(process), used.key(process));
                replace(others.certificate(process), used.certificate(process));
            }
            replace(others.authority(), used.authority());
            assertThat(serial(used.certificate("jobs"))).isNotEqualTo(first);

            String answer = Eventually.answers(() -> {
                try (RpcChannel after = channel("127.0.0.1", jobs.port(), tls(used, "gateway", used))) {
                    return call(after);
                }
            });
            assertThat(answer).isEqualTo("jobs");
        }
    }

    private static void replace(Path from, Path to) throws IOException {
        Path beside = to.resolveSibling(to.getFileName() + ".new");
        Files.copy(from, beside);
        Files.move(beside, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static java.math.BigInteger serial(Path certificate) throws Exception {
        try (InputStream in = new FileInputStream(certificate.toFile())) {
            return ((X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in))
                    .getSerialNumber();
        }
    }

    @Test
    void half_a_configuration_and_files_that_do_not_fit_end_the_start_with_a_line_that_names_them() throws IOException {
        String certificate = ours.certificate("jobs").toString();
        String key = ours.key("jobs").toString();
        String ca = ours.authority().toString();
        TrialCertificates old =
                made("old", new ManualClock(Clock.systemUTC().instant().minus(Duration.ofDays(3000))));
        Path noKey = Files.writeString(folder.resolve("no.key"), "hello");

        assertThat(problem("certificate", certificate)).contains("mesh.tls.key", "is missing");
        assertThat(problem("key", key)).contains("mesh.tls.certificate", "is missing");
        assertThat(problem("ca", ca)).contains("mesh.tls.certificate", "is missing");
        assertThat(problem("certificate", certificate, "key", key)).contains("mesh.tls.ca", "is missing");
        assertThat(problem("certificate", certificate, "key", others.key("jobs").toString(), "ca", ca))
                .contains(others.key("jobs").toString(), "is not the key of the certificate");
        assertThat(problem("certificate", certificate, "key", noKey.toString(), "ca", ca))
                .contains(noKey.toString(), "no usable key");
        assertThat(problem(
                        "certificate",
                        certificate,
                        "key",
                        key,
                        "ca",
                        folder.resolve("none.crt").toString()))
                .contains("none.crt", "cannot be read");
        assertThat(problem("certificate", certificate, "key", key, "ca", noKey.toString()))
                .contains(noKey.toString(), "expected certificates in PEM");
        assertThat(problem(
                        "certificate",
                        old.certificate("jobs").toString(),
                        "key",
                        old.key("jobs").toString(),
                        "ca",
                        ca))
                .contains("is not valid now");
    }

    @Test
    void nothing_configured_is_a_mesh_in_clear_and_all_of_it_one_that_is_not() {
        Settings none = Settings.of(Map.of());
        assertThat(MeshTls.from(none)).isNull();
        none.check();
        Settings all = Settings.of(Map.of(
                "mesh.tls.certificate", ours.certificate("jobs").toString(),
                "mesh.tls.key", ours.key("jobs").toString(),
                "mesh.tls.ca", ours.authority().toString()));
        assertThat(MeshTls.from(all))
                .isEqualTo(new MeshTls(
                        new CertificateFiles(ours.certificate("jobs"), ours.key("jobs")),
                        ours.authority(),
                        Duration.ofMinutes(1)));
        all.check();
    }

    private static String problem(String... settings) {
        Map<String, String> values = new java.util.HashMap<>();
        for (int at = 0; at < settings.length; at += 2) {
            values.put("mesh.tls." + settings[at], settings[at + 1]);
        }
        Settings read = Settings.of(values);
        var _ = MeshTls.from(read);
        var _ = MeshTls.from(read); // by the server and by each channel: one problem all the same
        BadSettings bad = catchThrowableOfType(BadSettings.class, read::check);
        assertThat(bad.problems()).hasSize(1);
        return String.valueOf(bad.getMessage());
    }
}
