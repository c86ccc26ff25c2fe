package dev.rekindle.app;

import dev.rekindle.embedded.PrivateFiles;
import dev.rekindle.events.notifications.VapidKeys;
import dev.rekindle.gateway.auth.EmbeddedIssuer;
import dev.rekindle.platform.rpc.IdentityKeys;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;
import java.util.stream.Collectors;

/** Passwords and keys of one data folder: made once at random, kept in a file only its owner may read. */
final class Secrets {
    /** Processes that vouch for identities. */
    static final List<String> PROCESSES = List.of("gateway", "jobs", "credits", "events", "processing");

    private final Properties values;

    private Secrets(Properties values) {
        this.values = values;
    }

    static Secrets open(Path file) throws IOException {
        Properties values = new Properties();
        if (Files.exists(file)) {
            values.load(new StringReader(Files.readString(file)));
        }
        boolean made = false;
        for (String process : PROCESSES) {
            if (values.getProperty("identity." + process + ".private") == null) {
                KeyPair keys = IdentityKeys.generate();
                values.setProperty("identity." + process + ".private", IdentityKeys.encode(keys.getPrivate()));
                values.setProperty("identity." + process + ".public", IdentityKeys.encode(keys.getPublic()));
                made = true;
            }
        }
        for (String name : List.of(
                "s3.access",
                "s3.secret",
                "db.jobs",
                "db.credits",
                "db.events",
                "db.postgres",
                "stripe.key",
                "stripe.webhook",
                "runpod.key")) {
            if (values.getProperty(name) == null) {
                values.setProperty(name, random());
                made = true;
            }
        }
        if (values.getProperty("push.private") == null) {
            VapidKeys.Pair keys = VapidKeys.generate();
            values.setProperty("push.public", keys.publicKey());
            values.setProperty("push.private", keys.privateKey());
            made = true;
        }
        if (values.getProperty("signin.key") == null) {
            values.setProperty("signin.key", EmbeddedIssuer.newKey());
            made = true;
        }
        if (made) {
            StringWriter text = new StringWriter();
            values.store(text, "Made by rekindle; whoever can read this can do anything.");
            PrivateFiles.write(file, text.toString().getBytes(StandardCharsets.UTF_8));
        }
        return new Secrets(values);
    }

    private static String random() {
        byte[] bytes = new byte[20];
        new SecureRandom().nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    String get(String name) {
        String value = values.getProperty(name);
        if (value == null) {
            throw new IllegalArgumentException("There is no secret " + name);
        }
        return value;
    }

    /** The public keys of all processes, as the setting {@code identity.trusted_keys} wants them. */
    String trustedKeys() {
        return PROCESSES.stream()
                .map(process -> process + ":" + get("identity." + process + ".public"))
                .collect(Collectors.joining(","));
    }
}
