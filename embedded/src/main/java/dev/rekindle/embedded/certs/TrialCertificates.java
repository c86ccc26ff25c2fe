package dev.rekindle.embedded.certs;

import dev.rekindle.embedded.PrivateFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.bouncycastle.util.io.pem.PemWriter;
import org.jspecify.annotations.Nullable;

/**
 * A folder with an authority ({@code ca.crt}, {@code ca.key}) and, signed by it, a certificate and key for each process of
 * the mesh ({@code jobs.crt}, {@code jobs.key}). Keys can be read by their owner only. An authority that is there is never
 * replaced, for whatever trusts it would trust nothing any more.
 */
public final class TrialCertificates {
    /** The processes that speak gRPC. */
    public static final List<String> PROCESSES = List.of("gateway", "jobs", "credits", "events", "processing");

    private static final String AUTHORITY = "ca";

    private final Path folder;
    private final Clock clock;

    public TrialCertificates(Path folder, Clock clock) {
        this.folder = folder;
        this.clock = clock;
    }

    /** The file of a certificate. */
    public Path certificate(String name) {
        return folder.resolve(name + ".crt");
    }

    /** The file of a key. */
    public Path key(String name) {
        return folder.resolve(name + ".key");
    }

    /** The file of the authority's certificate. */
    public Path authority() {
        return certificate(AUTHORITY);
    }

    /**
     * Makes what is not there.
     *
     * @param hosts names and addresses by which processes are reached, beside their own name, localhost and the loopback
     *     addresses
     * @param renew makes the processes' certificates anew though they are there
     * @return the files made, in the order they were made in
     * @throws IOException if files cannot be read or written, or half an authority is there
     */
    public List<Path> make(List<String> hosts, boolean renew) throws IOException {
        List<Path> made = new ArrayList<>();
        try {
            Issued authority = openAuthority();
            if (authority == null) {
                authority = IssueCertificate.authority(clock);
                write(AUTHORITY, authority, made);
            }
            for (String process : PROCESSES) {
                if (renew || !Files.exists(certificate(process)) || !Files.exists(key(process))) {
                    List<String> names = new ArrayList<>(List.of(process, "localhost", "127.0.0.1", "::1"));
                    hosts.stream().filter(host -> !names.contains(host)).forEach(names::add);
                    write(process, IssueCertificate.of(process, names, authority, clock), made);
                }
            }
        } catch (GeneralSecurityException e) {
            throw new IOException("Certificates cannot be made in " + folder + ": " + e.getMessage(), e);
        }
        return made;
    }

    /** A certificate and its key. */
    record Issued(X509Certificate certificate, PrivateKey key) {}

    /** Null if there is none. The key is written first, so that one without a certificate was never used. */
    private @Nullable Issued openAuthority() throws IOException, GeneralSecurityException {
        if (!Files.exists(authority())) {
            return null;
        }
        if (!Files.exists(key(AUTHORITY))) {
            throw new IOException(folder + " has an authority without its key; expected " + key(AUTHORITY)
                    + ". Take another folder, or remove " + authority() + " if nothing trusts it.");
        }
        try (InputStream certificate = Files.newInputStream(authority());
                PemReader key = new PemReader(Files.newBufferedReader(key(AUTHORITY)))) {
            PemObject read = key.readPemObject();
            if (read == null) {
                throw new IOException(key(AUTHORITY) + " is no key in PEM");
            }
            return new Issued(
                    (X509Certificate) CertificateFactory.getInstance("X.509").generateCertificate(certificate),
                    KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(read.getContent())));
        }
    }

    private void write(String name, Issued issued, List<Path> made) throws IOException, GeneralSecurityException {
        PrivateFiles.write(key(name), pem("PRIVATE KEY", issued.key().getEncoded()));
        PrivateFiles.write(
                certificate(name), pem("CERTIFICATE", issued.certificate().getEncoded()));
        made.add(key(name));
        made.add(certificate(name));
    }

    private static byte[] pem(String type, byte[] content) throws IOException {
        StringWriter text = new StringWriter();
        try (PemWriter writer = new PemWriter(text)) {
            writer.writeObject(new PemObject(type, content));
        }
        return text.toString().getBytes(StandardCharsets.US_ASCII);
    }
}
