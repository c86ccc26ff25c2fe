package dev.rekindle.gateway.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekindle.common.v1.Role;
import dev.rekindle.platform.config.BadSettings;
import dev.rekindle.platform.config.Secret;
import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Identity;
import java.net.http.HttpClient;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jose4j.jwt.JwtClaims;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("API-04")
class AuthTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final String KEY = EmbeddedIssuer.newKey();

    private static Clock at(Duration later) {
        return Clock.fixed(NOW.plus(later), ZoneOffset.UTC);
    }

    private static JwtAuthenticator authenticator(EmbeddedIssuer issuer, Clock clock) {
        return new JwtAuthenticator(new AuthConfig(List.of(), null), issuer, HttpClient.newHttpClient(), clock);
    }

    @Test
    void a_token_of_the_embedded_issuer_outlives_its_restart_and_ends_in_time() throws Exception {
        EmbeddedIssuer before = new EmbeddedIssuer(new Secret(KEY), "http://localhost/dev/oidc", at(Duration.ZERO));
        String token = before.token("ada", Set.of(Role.ROLE_USER, Role.ROLE_ADMIN), Duration.ofHours(1));
        Clock soon = at(Duration.ofMinutes(59));
        EmbeddedIssuer after = new EmbeddedIssuer(new Secret(KEY), "http://localhost/dev/oidc", soon);

        Identity identity = authenticator(after, soon).authenticate(token);
        assertThat(identity.subject()).isEqualTo("ada");
        assertThat(identity.roles()).containsExactlyInAnyOrder(Role.ROLE_USER, Role.ROLE_ADMIN);
        assertThatThrownBy(
                        () -> authenticator(after, at(Duration.ofMinutes(61))).authenticate(token))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("expired");
    }

    @Test
    void a_token_known_is_not_checked_again_until_it_ends() throws Exception {
        EmbeddedIssuer issuer = new EmbeddedIssuer(new Secret(KEY), "i", at(Duration.ZERO));
        JwtAuthenticator authenticator = authenticator(issuer, at(Duration.ZERO));
        String token = issuer.token("ada", Set.of(Role.ROLE_USER), Duration.ofMinutes(1));
        assertThat(authenticator.known(token)).isNull();
        Identity identity = authenticator.authenticate(token);
        assertThat(authenticator.known(token)).isSameAs(identity);
    }

    @Test
    void what_is_remembered_is_forgotten_by_age_and_by_number() {
        MovingClock clock = new MovingClock();
        Remembered<String> remembered = new Remembered<>(clock, Duration.ofSeconds(10), 2);
        remembered.put("a", "1");
        remembered.put("b", "2");
        assertThat(remembered.find("a")).isEqualTo("1");
        remembered.put("c", "3");
        assertThat(remembered.find("b")).isNull();
        assertThat(remembered.find("a")).isEqualTo("1");
        clock.now = NOW.plusSeconds(10);
        assertThat(remembered.find("a")).isNull();
    }

    @Test
    void roles_are_read_from_a_name_or_a_path() {
        JwtClaims claims = new JwtClaims();
        claims.setClaim("https://x.example/roles", List.of("admin"));
        claims.setClaim("realm_access", Map.of("roles", List.of("Partner", "internal")));
        claims.setClaim("scope", "openid admin");
        assertThat(TokenRoles.of(claims, "https://x.example/roles")).containsExactly(Role.ROLE_USER, Role.ROLE_ADMIN);
        assertThat(TokenRoles.of(claims, "realm_access.roles")).containsExactly(Role.ROLE_USER, Role.ROLE_PARTNER);
        assertThat(TokenRoles.of(claims, "scope")).containsExactly(Role.ROLE_USER, Role.ROLE_ADMIN);
        assertThat(TokenRoles.of(claims, "nothing")).containsExactly(Role.ROLE_USER);
    }

    @Test
    void issuers_that_could_name_each_others_users_do_not_start() {
        Settings settings = Settings.of(Map.of(
                "auth.issuers", "a,b",
                "auth.a.issuer", "https://a.example/",
                "auth.a.audience", "x",
                "auth.b.issuer", "https://b.example/",
                "auth.b.audience", "x"));
        AuthConfig config = AuthConfig.from(settings);
        assertThat(config.issuers()).hasSize(2);
        assertThatThrownBy(settings::check)
                .isInstanceOf(BadSettings.class)
                .hasMessageContaining("auth.b.subject_prefix");
    }

    @Test
    void the_embedded_sign_in_needs_a_key() {
        Settings settings =
                Settings.of(Map.of("auth.embedded_signin", "true", "auth.embedded.private_key", "nonsense"));
        assertThat(AuthConfig.from(settings).embedded()).isNull();
        assertThatThrownBy(settings::check).hasMessageContaining("auth.embedded.private_key");
    }

    @Test
    void by_default_nobody_can_sign_in() {
        AuthConfig config = AuthConfig.from(Settings.of(Map.of()));
        assertThat(config.embedded()).isNull();
        assertThat(config.issuers()).isEmpty();
    }

    @Test
    void only_bearer_credentials_are_read() {
        BearerAuthenticator bearer = new BearerAuthenticator(
                new Fixed("token"), Map.of("rk_", new Fixed("key"), "rkh_", new Fixed("handoff")));
        assertThat(bearer.known("Bearer abc")).extracting(Identity::subject).isEqualTo("token");
        assertThat(bearer.known("bearer  rk_abc")).extracting(Identity::subject).isEqualTo("key");
        assertThat(bearer.known("Bearer rkh_abc")).extracting(Identity::subject).isEqualTo("handoff");
        for (String header : List.of("Basic abc", "Bearer", "Bearer ", "abc", "")) {
            assertThat(bearer.known(header)).isNull();
            assertThatThrownBy(() -> bearer.authenticate(header)).isInstanceOf(Failure.class);
        }
    }

    /** Knows everybody by one name. */
    private record Fixed(String name) implements Authenticator {
        @Override
        public Identity known(String credential) {
            return new Identity(name, Set.of(Role.ROLE_USER), null, Instant.MAX);
        }

        @Override
        public Identity authenticate(String credential) {
            return known(credential);
        }
    }

    private static final class MovingClock extends Clock {
        private Instant now = NOW;

        @Override
        public ZoneOffset getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(java.time.ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }
}
