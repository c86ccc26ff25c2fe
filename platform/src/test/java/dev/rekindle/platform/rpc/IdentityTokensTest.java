package dev.rekindle.platform.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.common.v1.Role;
import java.security.KeyPair;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("API-04")
class IdentityTokensTest {
    private static final Instant NOW = Instant.parse("2026-05-01T12:00:00Z");
    private static final KeyPair GATEWAY = IdentityKeys.generate();
    private static final KeyPair JOBS = IdentityKeys.generate();
    private static final KeyPair STRANGER = IdentityKeys.generate();
    private static final Identity ADA =
            new Identity("auth0|ada", Set.of(Role.ROLE_USER), Set.of("jobs:read"), NOW.plusSeconds(3600));

    private static IdentityTokens tokens(String name, KeyPair own, Instant now) {
        return new IdentityTokens(
                new IdentityKeys(
                        name, own.getPrivate(), Map.of("gateway", GATEWAY.getPublic(), "jobs", JOBS.getPublic())),
                Clock.fixed(now, ZoneOffset.UTC));
    }

    @Test
    void what_the_gateway_signs_is_read_back_whole() {
        String token = tokens("gateway", GATEWAY, NOW).sign(ADA);
        assertThat(tokens("jobs", JOBS, NOW).verify(token)).isEqualTo(ADA);
    }

    @Test
    void a_service_may_speak_for_itself_and_for_nobody_else() {
        IdentityTokens jobs = tokens("jobs", JOBS, NOW);
        Identity itself = tokens("gateway", GATEWAY, NOW).verify(jobs.own());
        assertThat(itself.roles()).containsExactly(Role.ROLE_INTERNAL);
        assertThat(itself.subject()).isEqualTo("jobs");
        assertRefused(jobs.sign(ADA), NOW);
        assertRefused(jobs.sign(Identity.service("credits", Instant.MAX)), NOW);
    }

    @Test
    void strangers_forgeries_and_old_tokens_are_refused() {
        assertRefused(tokens("stranger", STRANGER, NOW).sign(ADA), NOW);
        assertRefused(tokens("gateway", STRANGER, NOW).sign(ADA), NOW);
        String token = tokens("gateway", GATEWAY, NOW).sign(ADA);
        assertRefused(token, NOW.plus(IdentityTokens.LIFETIME).plus(IdentityTokens.SKEW));
        int middle = token.indexOf('.') + 10;
        String bent =
                token.substring(0, middle) + (token.charAt(middle) == 'A' ? 'B' : 'A') + token.substring(middle + 1);
        assertRefused(bent, NOW);
        for (String rubbish : new String[] {"", "a", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "\u0000.\u0000.\u0000"}) {
            assertRefused(rubbish, NOW);
        }
    }

    @Test
    void a_token_once_verified_is_refused_after_its_time() {
        IdentityTokens gateway = tokens("gateway", GATEWAY, NOW);
        String token = gateway.sign(ADA);
        Instant[] time = {NOW};
        IdentityTokens reader = new IdentityTokens(
                new IdentityKeys("jobs", JOBS.getPrivate(), Map.of("gateway", GATEWAY.getPublic())), new Clock() {
                    @Override
                    public java.time.ZoneId getZone() {
                        return ZoneOffset.UTC;
                    }

                    @Override
                    public Clock withZone(java.time.ZoneId zone) {
                        return this;
                    }

                    @Override
                    public Instant instant() {
                        return time[0];
                    }
                });
        assertThat(reader.verify(token)).isEqualTo(ADA);
        time[0] = NOW.plus(IdentityTokens.LIFETIME).plus(IdentityTokens.SKEW);
        assertThatThrownBy(() -> reader.verify(token)).isInstanceOf(Failure.class);
    }

    @Test
    void processes_whose_clocks_differ_by_half_a_minute_understand_each_other() {
        String token = tokens("gateway", GATEWAY, NOW).sign(ADA);
        Instant renewal = NOW.plus(IdentityTokens.LIFETIME.dividedBy(2));
        assertThat(tokens("jobs", JOBS, renewal.plus(IdentityTokens.SKEW)).verify(token))
                .isEqualTo(ADA);
        assertThat(tokens("jobs", JOBS, NOW.minus(IdentityTokens.SKEW)).verify(token))
                .isEqualTo(ADA);
    }

    private static void assertRefused(String token, Instant now) {
        assertThatThrownBy(() -> tokens("jobs", JOBS, now).verify(token))
                .isInstanceOfSatisfying(
                        Failure.class,
                        failure -> assertThat(failure.reason()).isEqualTo(Reason.REASON_UNAUTHENTICATED));
    }
}
