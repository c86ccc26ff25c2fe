package dev.rekindle.gateway.auth;

import dev.rekindle.platform.config.BadSettings;
import dev.rekindle.platform.config.Secret;
import dev.rekindle.platform.config.Settings;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Whose tokens are taken.
 *
 * @param issuers OpenID providers
 * @param embedded the sign-in of development; null where it is off
 */
public record AuthConfig(
        List<IssuerConfig> issuers, @Nullable Embedded embedded) {

    /**
     * The sign-in of development: a name is enough.
     *
     * @param privateKey RSA, PKCS #8 in base64
     * @param issuer the "iss" of its tokens
     * @param admins the names that are operators
     * @param tokenLife how long a token is good
     */
    public record Embedded(Secret privateKey, String issuer, Set<String> admins, Duration tokenLife) {}

    /** Where this gateway runs; production has no embedded sign-in. */
    enum Environment {
        DEVELOPMENT,
        PRODUCTION
    }

    /**
     * Reads {@code environment} and {@code auth}.
     *
     * @throws BadSettings at once, if the embedded sign-in is asked for in production
     */
    public static AuthConfig from(Settings settings) {
        Environment environment = settings.choice("environment", Environment.DEVELOPMENT);
        Settings auth = settings.under("auth");
        List<IssuerConfig> issuers = auth.list("issuers", List.of()).stream()
                .map(name -> IssuerConfig.from(name, auth))
                .toList();
        Embedded embedded = embedded(auth);
        if (embedded != null && environment == Environment.PRODUCTION) {
            throw new BadSettings(List.of("Setting auth.embedded_signin (REKINDLE_AUTH_EMBEDDED_SIGNIN) is \"true\" in "
                    + environment.name().toLowerCase(Locale.ROOT)
                    + "; expected false: the embedded sign-in asks for no password."));
        }
        Set<String> prefixes = new HashSet<>();
        if (embedded != null) {
            prefixes.add("");
        }
        for (IssuerConfig issuer : issuers) {
            if (!prefixes.add(issuer.subjectPrefix())) {
                auth.problem(
                        issuer.name() + ".subject_prefix",
                        "is \"" + issuer.subjectPrefix()
                                + "\"; expected one no other issuer has, or they could name each other's users.");
            }
        }
        return new AuthConfig(issuers, embedded);
    }

    private static @Nullable Embedded embedded(Settings auth) {
        boolean on = auth.flag("embedded_signin", false);
        Settings settings = auth.under("embedded");
        Embedded embedded = new Embedded(
                settings.secret("private_key", ""),
                settings.text("issuer", "http://localhost/dev/oidc"),
                Set.copyOf(settings.list("admins", List.of("admin"))),
                settings.duration("token_life", Duration.ofHours(12), Duration.ofMinutes(1), Duration.ofDays(30)));
        if (!on) {
            return null;
        }
        if (!EmbeddedIssuer.isKey(embedded.privateKey().reveal())) {
            settings.problem("private_key", "is missing or bad; expected the base64 of an RSA key in PKCS #8.");
            return null;
        }
        return embedded;
    }
}
