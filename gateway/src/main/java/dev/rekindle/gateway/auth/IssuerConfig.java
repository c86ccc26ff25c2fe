package dev.rekindle.gateway.auth;

import dev.rekindle.platform.config.Settings;
import java.net.URI;

/**
 * An OpenID provider whose tokens are taken.
 *
 * @param name how the settings call it
 * @param issuer the "iss" of its tokens
 * @param audience what their "aud" must hold
 * @param keysUri where its keys are; empty: as its discovery document says
 * @param rolesClaim the claim with the roles, by its whole name or as a path with dots
 * @param subjectPrefix put before its subjects, so that two providers cannot name the same user
 * @param clientId the client the pages sign in with; empty where they do not
 */
public record IssuerConfig(
        String name,
        String issuer,
        String audience,
        URI keysUri,
        String rolesClaim,
        String subjectPrefix,
        String clientId) {

    static IssuerConfig from(String name, Settings auth) {
        Settings settings = auth.under(name);
        return new IssuerConfig(
                name,
                settings.text("issuer"),
                settings.text("audience"),
                settings.uri("jwks_uri", URI.create("")),
                settings.text("roles_claim", "roles"),
                settings.text("subject_prefix", ""),
                settings.text("client_id", ""));
    }
}
