package dev.rekindle.events.notifications;

import dev.rekindle.platform.config.Secret;
import dev.rekindle.platform.config.Settings;
import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;

/**
 * The settings of push and e-mail.
 *
 * @param publicUrl where people reach the page; links in e-mail begin with it
 */
public record NotificationsConfig(URI publicUrl, Push push, Email email) {
    private static final Duration SECOND = Duration.ofSeconds(1);

    /**
     * Web push.
     *
     * @param publicKey of VAPID, base64url; empty: there is no push
     * @param privateKey of VAPID, base64url
     * @param subject whom push services write to about us: mailto: or https:
     * @param life how long a push service keeps what a browser has not fetched
     * @param perUserMax browsers of a user; one more takes the place of the oldest
     */
    public record Push(String publicKey, Secret privateKey, String subject, Duration life, int perUserMax) {
        static Push from(Settings settings) {
            Push push = new Push(
                    settings.text("public_key", ""),
                    settings.secret("private_key", ""),
                    settings.text("subject", ""),
                    settings.duration("life", Duration.ofDays(1), Duration.ofMinutes(1), Duration.ofDays(28)),
                    settings.number("per_user_max", 20, 1, 1_000));
            if (push.isOn()) {
                String problem = VapidKeys.problem(push.publicKey(), push.privateKey());
                if (problem != null) {
                    settings.problem("private_key", problem);
                }
                if (!push.subject().startsWith("mailto:") && !push.subject().startsWith("https:")) {
                    settings.problem("subject", "is \"" + push.subject() + "\"; expected mailto:… or https:…");
                }
            }
            return push;
        }

        boolean isOn() {
            return !publicKey.isEmpty();
        }
    }

    /** How a connection to the mail server is secured. */
    public enum Security {
        /** Plain at first, and nothing is sent before TLS stands. */
        STARTTLS,
        TLS,
        /** For a server on this machine only. */
        NONE
    }

    /**
     * E-mail.
     *
     * @param server where it is handed over
     * @param from the sender's address
     * @param connectionsMax connections to the server at once
     * @param confirmationsMax links a user may ask for a day, and that are sent to an address a day
     */
    public record Email(Server server, String from, int connectionsMax, int confirmationsMax) {
        static Email from(Settings settings) {
            Email email = new Email(
                    Server.from(settings),
                    settings.text("from", ""),
                    settings.number("connections_max", 4, 1, 100),
                    settings.number("confirmations_max", 5, 1, 1_000));
            if (email.isOn()) {
                try {
                    new InternetAddress(email.from(), true).validate();
                } catch (AddressException e) {
                    settings.problem("from", "is \"" + email.from() + "\"; expected an address.");
                }
            }
            return email;
        }

        boolean isOn() {
            return !server.host().isEmpty();
        }
    }

    /**
     * A mail server (SMTP submission).
     *
     * @param host empty: there is no e-mail
     * @param user empty: it asks for no name
     * @param connectMax how long connecting may take
     * @param answerMax how long each of its answers may take
     */
    public record Server(
            String host,
            int port,
            Security security,
            String user,
            Secret password,
            Duration connectMax,
            Duration answerMax) {
        static Server from(Settings settings) {
            Server server = new Server(
                    settings.text("host", ""),
                    settings.number("port", 587, 1, 65_535),
                    settings.choice("security", Security.STARTTLS),
                    settings.text("user", ""),
                    settings.secret("password", ""),
                    settings.duration("connect_max", Duration.ofSeconds(5), SECOND, Duration.ofMinutes(1)),
                    settings.duration("answer_max", Duration.ofSeconds(10), SECOND, Duration.ofMinutes(1)));
            if (server.security() == Security.NONE && !server.user().isEmpty()) {
                settings.problem("security", "is \"none\", and a password is not sent without TLS.");
            }
            return server;
        }
    }

    /** Reads {@code public_url}, {@code push} and {@code email}. */
    public static NotificationsConfig from(Settings settings) {
        URI publicUrl = settings.uri("public_url", URI.create("http://localhost:8080"));
        String scheme = String.valueOf(publicUrl.getScheme()).toLowerCase(Locale.ROOT);
        if (publicUrl.getHost() == null || !(scheme.equals("http") || scheme.equals("https"))) {
            settings.problem("public_url", "is \"" + publicUrl + "\"; expected https://….");
        }
        return new NotificationsConfig(
                publicUrl, Push.from(settings.under("push")), Email.from(settings.under("email")));
    }

    /** A page of ours, as a link. */
    URI page(String path) {
        return publicUrl.resolve(path);
    }
}
