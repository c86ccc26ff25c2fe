package dev.rekindle.credits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.JobType;
import dev.rekindle.common.v1.Tier;
import dev.rekindle.credits.v1.LedgerEntryType;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("CR-02")
class GrantMonthsIT {
    private final CreditsRoom room = new CreditsRoom();

    @AfterEach
    void the_books_balance() {
        assertThat(room.audit().getFindingsList()).isEmpty();
        room.close();
    }

    @Test
    void an_account_begins_on_the_free_tier_with_its_first_month() {
        Account account = room.open.run("anna");
        assertThat(account.tier()).isEqualTo(Tier.TIER_FREE);
        assertThat(account.balance()).isEqualTo(3);
        assertThat(account.createdAt()).isEqualTo(CreditsRoom.START);
        assertThat(account.grants().next()).isEqualTo(Instant.parse("2026-02-28T10:00:00Z"));
        assertThat(room.entries("anna")).singleElement().satisfies(entry -> {
            assertThat(entry.type()).isEqualTo(LedgerEntryType.LEDGER_ENTRY_TYPE_GRANT);
            assertThat(entry.amount()).isEqualTo(3);
            assertThat(entry.reason()).isEqualTo("Free, month from 2026-01-31");
            assertThat(entry.cause()).isEqualTo("credits");
        });
    }

    @Test
    void months_that_passed_are_granted_at_the_next_access_and_add_up() {
        room.open.run("anna");
        room.clock.advance(Duration.between(CreditsRoom.START, Instant.parse("2026-04-30T10:00:00Z")));
        assertThat(room.balance("anna")).isEqualTo(12);
        assertThat(room.entries("anna"))
                .extracting(Entry::reason)
                .containsExactly(
                        "Free, month from 2026-01-31",
                        "Free, month from 2026-02-28",
                        "Free, month from 2026-03-31",
                        "Free, month from 2026-04-30");
        assertThat(room.balance("anna")).isEqualTo(12);
    }

    @Test
    void a_month_that_is_due_is_granted_before_a_job_is_paid() {
        room.deduct("anna", new UUID(1, 1), 1, JobType.JOB_TYPE_COLOURIZATION);
        room.clock.advance(Duration.ofDays(28));
        assertThat(room.deduct("anna", new UUID(1, 2), 1, JobType.JOB_TYPE_COLOURIZATION)
                        .entry())
                .extracting(Entry::balanceAfter)
                .isEqualTo(0);
    }

    @Test
    void an_account_idle_for_decades_is_caught_up_in_steps() {
        room.open.run("anna");
        room.clock.advance(Duration.ofDays(365 * 25));
        int months = 0;
        while (room.open.run("anna").grants().isDue(room.clock.instant())) {
            months++;
        }
        assertThat(months).isEqualTo(2);
        assertThat(room.balance("anna")).isEqualTo(3 * 300);
    }

    @Test
    void a_tier_without_monthly_credits_gets_months_and_no_entries() {
        try (CreditsRoom stingy = new CreditsRoom(Map.of("tiers.free.monthly_credits", "0"))) {
            assertThat(stingy.balance("anna")).isZero();
            stingy.clock.advance(Duration.ofDays(100));
            Account account = stingy.open.run("anna");
            assertThat(account.grants().isDue(stingy.clock.instant())).isFalse();
            assertThat(stingy.entries("anna")).isEmpty();
            assertThat(stingy.audit().getFindingsList()).isEmpty();
        }
    }

    @Test
    void the_loop_grants_to_accounts_nobody_looks_at_batch_by_batch() throws Exception {
        IntStream.range(0, 25).forEach(i -> room.open.run("user-" + i));
        CatchUpGrants catchUp = room.catchUp(10);
        assertThat(catchUp.run()).isFalse();
        room.clock.advance(Duration.ofDays(28));
        assertThat(catchUp.run()).isTrue();
        assertThat(catchUp.run()).isTrue();
        assertThat(catchUp.run()).isFalse();
        for (int i = 0; i < 25; i++) {
            String userId = "user-" + i;
            Optional<Account> account = room.database.query(sql -> room.accounts.find(sql, userId));
            assertThat(account).get().extracting(Account::balance).isEqualTo(6);
        }
    }

    @Test
    void each_month_is_granted_once_however_many_processes_try() throws Exception {
        int users = 12;
        IntStream.range(0, users).forEach(i -> room.open.run("user-" + i));
        for (int month = 0; month < 3; month++) {
            room.clock.advance(Duration.ofDays(31));
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                Callable<Object> loop = () -> room.catchUp(100).run();
                List<Callable<Object>> all = new ArrayList<>(List.of(loop, loop, loop, loop));
                IntStream.range(0, users)
                        .forEach(i -> all.addAll(List.of(
                                () -> room.open.run("user-" + i),
                                () -> room.deduct("user-" + i, UUID.randomUUID(), 1, JobType.JOB_TYPE_IMAGE))));
                for (Future<Object> done : threads.invokeAll(all)) {
                    done.get();
                }
            }
        }
        for (int i = 0; i < users; i++) {
            assertThat(room.entries("user-" + i))
                    .filteredOn(entry -> entry.type() == LedgerEntryType.LEDGER_ENTRY_TYPE_GRANT)
                    .hasSize(4);
            assertThat(room.balance("user-" + i)).isEqualTo(4 * 3 - 3);
        }
    }
}
