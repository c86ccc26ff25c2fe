package dev.rekindle.embedded.certs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("API-07")
class TrialCertificatesTest {
    @TempDir
    private Path folder;

    private static X509Certificate read(Path file) throws Exception {
        try (InputStream in = Files.newInputStream(file)) {
            return (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }

    private TrialCertificates certificates() {
        return new TrialCertificates(folder, Clock.systemUTC());
    }

    @Test
    void each_process_has_a_certificate_for_its_names_that_the_authority_signed() throws Exception {
        certificates().make(List.of("jobs.example.test", "10.1.2.3"), false);

        X509Certificate authority = read(certificates().authority());
        assertThat(authority.getBasicConstraints())
                .as("may sign, but no other authorities")
                .isZero();
        for (String process : TrialCertificates.PROCESSES) {
            X509Certificate own = read(certificates().certificate(process));
            own.verify(authority.getPublicKey());
            own.checkValidity();
            assertThat(own.getBasicConstraints()).as("may sign nothing").isEqualTo(-1);
            assertThat(own.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
            assertThat(own.getSubjectAlternativeNames().stream()
                            .map(name -> name.get(1).toString()))
                    .containsExactly(
                            process, "localhost", "127.0.0.1", "0:0:0:0:0:0:0:1", "jobs.example.test", "10.1.2.3");
        }
    }

    @Test
    void keys_can_be_read_by_their_owner_only() throws IOException {
        certificates().make(List.of(), false);

        try (Stream<Path> files = Files.list(folder)) {
            List<Path> keys =
                    files.filter(file -> file.toString().endsWith(".key")).toList();
            assertThat(keys).hasSize(TrialCertificates.PROCESSES.size() + 1);
            for (Path key : keys) {
                assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
                        .isEqualTo("rw-------");
            }
        }
    }

    @Test
    void an_authority_that_is_there_is_kept_and_signs_what_is_missing_or_renewed() throws Exception {
        certificates().make(List.of(), false);
        byte[] authority = Files.readAllBytes(certificates().authority());
        byte[] jobs = Files.readAllBytes(certificates().certificate("jobs"));
        Files.delete(certificates().certificate("events"));

        assertThat(certificates().make(List.of(), false))
                .containsExactly(certificates().key("events"), certificates().certificate("events"));
        assertThat(certificates().make(List.of(), false)).isEmpty();
        assertThat(Files.readAllBytes(certificates().certificate("jobs"))).isEqualTo(jobs);

        assertThat(certificates().make(List.of(), true)).hasSize(2 * TrialCertificates.PROCESSES.size());
        assertThat(Files.readAllBytes(certificates().certificate("jobs"))).isNotEqualTo(jobs);
        assertThat(Files.readAllBytes(certificates().authority())).isEqualTo(authority);
        read(certificates().certificate("jobs"))
                .verify(read(certificates().authority()).getPublicKey());
    }

    @Test
    void an_authority_without_its_key_is_not_replaced() throws IOException {
        certificates().make(List.of(), false);
        byte[] authority = Files.readAllBytes(certificates().authority());
        Files.delete(certificates().key("ca"));

        assertThatThrownBy(() -> certificates().make(List.of(), true))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("ca.key");
        assertThat(Files.readAllBytes(certificates().authority())).isEqualTo(authority);
    }
}
