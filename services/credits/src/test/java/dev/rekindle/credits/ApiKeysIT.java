package dev.rekindle.credits;

import static dev.rekindle.credits.CreditsRoom.failureOf;
import static dev.rekindle.credits.CreditsRoom.reasonOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.credits.v1.ApiKey;
import dev.rekindle.platform.Ids;
import dev.rekindle.platform.config.Settings;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("API-04")
class ApiKeysIT {
    private final CreditsRoom room = new CreditsRoom();
    private final ApiKeysConfig config = ApiKeysConfig.from(Settings.of(Map.of("api_keys.active_max", "3")));
    private final ApiKeys keys =
            new ApiKeys(room.database, room.accounts, new ApiKeyStore(), config, Ids.timeOrdered(), room.clock);

    @AfterEach
    void close() {
        room.close();
    }

    private ApiKeys.Made create(String userId, String requestId, @Nullable Instant expiresAt, String... scopes) {
        ApiKeyStore.Origin origin = new ApiKeyStore.Origin(requestId, requestId + List.of(scopes) + expiresAt);
        return keys.create(room.open.run(userId), new ApiKeys.Wish("My program", List.of(scopes), expiresAt, origin));
    }

    private static String secret(ApiKeys.Made made) {
        ApiKeySecret secret = made.secret();
        assertThat(secret).isNotNull();
        return secret.text();
    }

    @Test
    void a_key_is_recognised_by_its_secret_which_is_kept_nowhere() {
        ApiKeys.Made made = create("anna", "", null, "jobs:read", "jobs:write");
        assertThat(secret(made)).startsWith(made.key().prefix()).hasSizeGreaterThan(40);
        ApiKeyStore.Held held = keys.verify(secret(made));
        assertThat(held.userId()).isEqualTo("anna");
        assertThat(held.key().scopes()).containsExactly("jobs:read", "jobs:write");
        ApiKey message = held.key().toMessage(config.callsPerMinute(held.tier()));
        assertThat(message.getCallsPerMinute()).isEqualTo(60);
        assertThat(message.hasExpireTime()).isFalse();
        String row =
                room.database.query(sql -> sql.fetch("select * from api_keys").formatJSON());
        assertThat(row).contains(made.key().prefix()).doesNotContain(secret(made));
        assertThat(String.valueOf(made)).doesNotContain(secret(made));
    }

    @Test
    void a_secret_that_differs_in_one_character_is_nobodys() {
        String secret = secret(create("anna", "", null, "jobs:read"));
        String other = secret.substring(0, secret.length() - 2) + (secret.endsWith("AA") ? "BB" : "AA");
        assertThat(reasonOf(() -> keys.verify(other))).isEqualTo(Reason.REASON_UNAUTHENTICATED);
        assertThat(reasonOf(() -> keys.verify("rk_"))).isEqualTo(Reason.REASON_UNAUTHENTICATED);
    }

    @Test
    void a_revoked_key_is_refused_from_then_on_and_stays_in_the_list() {
        ApiKeys.Made made = create("anna", "", null, "jobs:read");
        Account anna = room.open.run("anna");
        keys.revoke(anna, made.key().id());
        assertThat(reasonOf(() -> keys.verify(secret(made)))).isEqualTo(Reason.REASON_UNAUTHENTICATED);
        Instant revokedAt = keys.list(anna).getFirst().revokedAt();
        room.clock.advance(Duration.ofHours(1));
        keys.revoke(anna, made.key().id());
        assertThat(keys.list(anna))
                .singleElement()
                .satisfies(
                        key -> assertThat(key.revokedAt()).isEqualTo(revokedAt).isNotNull());
    }

    @Test
    void a_key_of_another_user_is_not_there() {
        ApiKeys.Made made = create("anna", "", null, "jobs:read");
        Account berta = room.open.run("berta");
        assertThat(reasonOf(() -> keys.revoke(berta, made.key().id()))).isEqualTo(Reason.REASON_NOT_FOUND);
        assertThat(reasonOf(() -> keys.revoke(berta, new UUID(1, 1)))).isEqualTo(Reason.REASON_NOT_FOUND);
        assertThat(keys.list(berta)).isEmpty();
        assertThat(keys.verify(secret(made)).userId()).isEqualTo("anna");
    }

    @Test
    void a_key_expires_at_its_time() {
        Instant end = CreditsRoom.START.plus(Duration.ofDays(1));
        ApiKeys.Made made = create("anna", "", end, "jobs:read");
        room.clock.advance(Duration.ofDays(1).minusMillis(1));
        keys.verify(secret(made));
        room.clock.advance(Duration.ofMillis(1));
        assertThat(reasonOf(() -> keys.verify(secret(made)))).isEqualTo(Reason.REASON_CREDENTIALS_EXPIRED);
        assertThat(failureOf(() -> create("anna", "", end, "jobs:read")).message())
                .contains("expire_time", end.toString());
    }

    @Test
    void the_last_use_is_known_to_the_minute() {
        ApiKeys.Made made = create("anna", "", null, "jobs:read");
        Account anna = room.open.run("anna");
        assertThat(keys.list(anna).getFirst().lastUsedAt()).isNull();
        keys.verify(secret(made));
        assertThat(keys.list(anna).getFirst().lastUsedAt()).isEqualTo(CreditsRoom.START);
        room.clock.advance(Duration.ofSeconds(59));
        keys.verify(secret(made));
        assertThat(keys.list(anna).getFirst().lastUsedAt()).isEqualTo(CreditsRoom.START);
        room.clock.advance(Duration.ofSeconds(1));
        keys.verify(secret(made));
        assertThat(keys.list(anna).getFirst().lastUsedAt()).isEqualTo(CreditsRoom.START.plusSeconds(60));
    }

    @Test
    void the_same_request_makes_one_key_and_shows_its_secret_once() {
        ApiKeys.Made made = create("anna", "r-1", null, "jobs:read");
        ApiKeys.Made again = create("anna", "r-1", null, "jobs:read");
        assertThat(again.key()).isEqualTo(made.key());
        assertThat(again.secret()).isNull();
        assertThat(reasonOf(() -> create("anna", "r-1", null, "jobs:write")))
                .isEqualTo(Reason.REASON_IDEMPOTENCY_CONFLICT);
        assertThat(create("berta", "r-1", null, "jobs:write").secret()).isNotNull();
    }

    @Test
    void a_scope_that_opens_nothing_is_refused_and_those_of_the_contract_are_named() {
        assertThat(failureOf(() -> create("anna", "", null, "jobs:read", "lanes:pause"))
                        .message())
                .contains("scopes[1]", "lanes:pause", "jobs:write", "webhooks:read");
        assertThat(KeyScopes.all()).contains("photos:write", "billing:read", "events:read");
    }

    @Test
    void a_user_has_only_so_many_good_keys_however_fast_they_are_asked_for() throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<Boolean>> calls = IntStream.range(0, 12)
                    .<Callable<Boolean>>mapToObj(i -> () -> {
                        try {
                            create("anna", "", null, "jobs:read");
                            return true;
                        } catch (dev.rekindle.platform.rpc.Failure refusal) {
                            assertThat(refusal.reason()).isEqualTo(Reason.REASON_STATE_CONFLICT);
                            return false;
                        }
                    })
                    .toList();
            int made = 0;
            for (var call : threads.invokeAll(calls)) {
                made += call.get() ? 1 : 0;
            }
            assertThat(made).isEqualTo(3);
        }
        Account anna = room.open.run("anna");
        keys.revoke(anna, keys.list(anna).getFirst().id());
        create("anna", "", null, "jobs:read");
        assertThat(keys.list(anna)).hasSize(4);
    }

    @Test
    void keys_that_are_good_no_more_are_forgotten_when_there_are_many() {
        for (int i = 0; i < ApiKeys.ENDED_SHOWN_MAX + 5; i++) {
            room.clock.advance(Duration.ofSeconds(1));
            ApiKeys.Made made = create("anna", "", null, "jobs:read");
            keys.revoke(room.open.run("anna"), made.key().id());
        }
        create("anna", "", null, "jobs:read");
        assertThat(keys.list(room.open.run("anna"))).hasSize(ApiKeys.ENDED_SHOWN_MAX + 1);
    }
}
