package dev.rekindle.platform.tls;

/** A file of certificates or keys that cannot be used. The message names the file and what was expected of it. */
public final class BadCertificate extends Exception {
    BadCertificate(String message) {
        super(message);
    }
}
