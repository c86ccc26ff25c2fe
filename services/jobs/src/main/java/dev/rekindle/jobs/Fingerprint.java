package dev.rekindle.jobs;

import com.google.protobuf.ByteString;
import dev.rekindle.jobs.v1.JobSpec;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Optional;

/** What makes two jobs the same work: what goes in by its content, not its name, and all that is to be done with it. */
final class Fingerprint {
    private Fingerprint() {}

    /**
     * The content of a photo.
     *
     * @param sha256 of the file as uploaded
     * @param preparation how it is prepared: a crop chosen by the user makes another picture
     */
    record Content(String sha256, ByteString preparation) {}

    /** SHA-256 over all of it; empty where a photo's checksum is not known. */
    static Optional<byte[]> of(List<Content> contents, JobSpec spec, JobTerms job) {
        if (contents.stream().anyMatch(content -> content.sha256().isEmpty())) {
            return Optional.empty();
        }
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            try (DataOutputStream out =
                    new DataOutputStream(new DigestOutputStream(OutputStream.nullOutputStream(), digest))) {
                out.writeInt(contents.size());
                for (Content content : contents) {
                    out.writeUTF(content.sha256());
                    write(out, content.preparation());
                }
                write(out, spec.toByteString());
                out.writeUTF(job.resolution().name());
                out.writeBoolean(job.watermark());
            }
            return Optional.of(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void write(DataOutputStream out, ByteString bytes) throws IOException {
        out.writeInt(bytes.size());
        bytes.writeTo(out);
    }
}
