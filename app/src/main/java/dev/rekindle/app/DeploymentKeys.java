package dev.rekindle.app;

import dev.rekindle.embedded.PrivateFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;

/** The secret settings of each process of a deployment, and those of its stores, as the text of files. */
final class DeploymentKeys {
    private static final String BLOB_ACCESS = "blobs.access_key";
    private static final String BLOB_SECRET = "blobs.secret_key";

    private final Secrets secrets;

    DeploymentKeys(Secrets secrets) {
        this.secrets = secrets;
    }

    /** By name. Settings are HOCON, for {@code REKINDLE_CONFIG}; what ends in {@code .env} is lines of NAME=value. */
    SequencedMap<String, String> files() {
        SequencedMap<String, String> files = new LinkedHashMap<>();
        for (String process : Secrets.PROCESSES) {
            files.put(process + ".conf", settings(process(process)));
        }
        files.put("worker.conf", settings(blobs()));
        files.put(
                "postgres.env",
                lines(Map.of(
                        "POSTGRES_PASSWORD", secrets.get("db.postgres"),
                        "DB_JOBS_PASSWORD", secrets.get("db.jobs"),
                        "DB_CREDITS_PASSWORD", secrets.get("db.credits"),
                        "DB_EVENTS_PASSWORD", secrets.get("db.events"))));
        files.put(
                "s3.env",
                lines(Map.of(
                        "AWS_ACCESS_KEY_ID",
                        secrets.get("s3.access"),
                        "AWS_SECRET_ACCESS_KEY",
                        secrets.get("s3.secret"),
                        "AWS_DEFAULT_REGION",
                        "us-east-1")));
        files.put("s3.json", """
                {"identities": [{"name": "rekindle", "actions": ["Admin", "Read", "Write", "List", "Tagging"],
                  "credentials": [{"accessKey": "%s", "secretKey": "%s"}]}]}
                """.formatted(secrets.get("s3.access"), secrets.get("s3.secret")));
        return files;
    }

    private Map<String, String> process(String process) {
        Map<String, String> values = new TreeMap<>();
        values.put("identity.private_key", secrets.get("identity." + process + ".private"));
        values.put("identity.trusted_keys", secrets.trustedKeys());
        if (process.equals("jobs") || process.equals("credits") || process.equals("events")) {
            values.put("database.password", secrets.get("db." + process));
        }
        if (process.equals("jobs")) {
            values.putAll(blobs());
        }
        if (process.equals("gateway")) {
            values.put("auth.embedded.private_key", secrets.get("signin.key"));
        }
        return values;
    }

    private Map<String, String> blobs() {
        return new TreeMap<>(Map.of(BLOB_ACCESS, secrets.get("s3.access"), BLOB_SECRET, secrets.get("s3.secret")));
    }

    /** Keys and passwords have no character that a quoted string would have to escape. */
    private static String settings(Map<String, String> values) {
        StringBuilder text = new StringBuilder();
        values.forEach(
                (key, value) -> text.append(key).append(" = \"").append(value).append("\"\n"));
        return text.toString();
    }

    private static String lines(Map<String, String> values) {
        StringBuilder text = new StringBuilder();
        new TreeMap<>(values)
                .forEach((key, value) ->
                        text.append(key).append('=').append(value).append('\n'));
        return text.toString();
    }

    /** The folder nobody but its owner may enter. */
    static void makePrivate(Path folder) throws IOException {
        Files.createDirectories(folder);
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    }

    /**
     * Written whole or not at all. What keeps others out is the folder: inside a container a process has another user id
     * than the owner of the file that is mounted there, and must read it.
     */
    static void write(Path file, String text) throws IOException {
        PrivateFiles.write(file, text.getBytes(StandardCharsets.UTF_8));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    }
}
