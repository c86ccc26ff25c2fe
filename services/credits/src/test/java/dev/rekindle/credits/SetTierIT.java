package dev.rekindle.credits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.JobType;
import dev.rekindle.common.v1.Tier;
import dev.rekindle.credits.v1.LedgerEntryType;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("CR-02")
class SetTierIT {
    private final CreditsRoom room = new CreditsRoom();

    @AfterEach
    void the_books_balance() {
        assertThat(room.audit().getFindingsList()).isEmpty();
        room.close();
    }

    @Test
    void a_paid_tier_begins_with_a_month_of_its_own_and_keeps_what_was_there() {
        room.open.run("anna");
        room.clock.advance(Duration.ofDays(10));
        Account account = room.tier("anna", Tier.TIER_REMEMBER);
        assertThat(account.tier()).isEqualTo(Tier.TIER_REMEMBER);
        assertThat(account.balance()).isEqualTo(28);
        assertThat(account.grants().next()).isEqualTo(Instant.parse("2026-03-10T10:00:00Z"));
        assertThat(account).isEqualTo(room.open.run("anna"));
        assertThat(room.entries("anna").getLast().cause()).isEqualTo("operator-1");
        room.clock.advance(Duration.ofDays(28));
        assertThat(room.balance("anna")).isEqualTo(53);
    }

    @Test
    void a_new_user_can_begin_on_a_paid_tier() {
        assertThat(room.tier("new", Tier.TIER_FOREVER).balance()).isEqualTo(153);
    }

    @Test
    void the_same_tier_again_changes_nothing() {
        Account first = room.tier("anna", Tier.TIER_CHERISH);
        assertThat(room.tier("anna", Tier.TIER_CHERISH)).isEqualTo(first);
    }

    @Test
    void a_dearer_tier_adds_what_the_month_has_more_and_never_twice() {
        room.tier("anna", Tier.TIER_REMEMBER);
        room.clock.advance(Duration.ofDays(3));
        Account dearer = room.tier("anna", Tier.TIER_CHERISH);
        assertThat(dearer.balance()).isEqualTo(63);
        assertThat(dearer.grants().next()).isEqualTo(Instant.parse("2026-02-28T10:00:00Z"));
        assertThat(room.tier("anna", Tier.TIER_REMEMBER).balance()).isEqualTo(63);
        assertThat(room.tier("anna", Tier.TIER_CHERISH).balance()).isEqualTo(63);
        assertThat(room.tier("anna", Tier.TIER_FOREVER).balance()).isEqualTo(153);
    }

    @Test
    void a_cheaper_tier_counts_from_the_next_month() {
        room.tier("anna", Tier.TIER_CHERISH);
        room.tier("anna", Tier.TIER_REMEMBER);
        assertThat(room.balance("anna")).isEqualTo(63);
        room.clock.advance(Duration.ofDays(28));
        assertThat(room.balance("anna")).isEqualTo(88);
    }

    @Test
    void months_of_the_old_tier_are_granted_before_the_tier_changes() {
        room.tier("anna", Tier.TIER_REMEMBER);
        room.clock.advance(Duration.ofDays(28));
        assertThat(room.tier("anna", Tier.TIER_CHERISH).balance()).isEqualTo(3 + 25 + 25 + 35);
    }

    @Test
    void the_end_of_a_paid_tier_takes_all_credits_and_free_ones_come_with_the_next_month() {
        room.tier("anna", Tier.TIER_REMEMBER);
        Account free = room.tier("anna", Tier.TIER_FREE);
        assertThat(free.balance()).isZero();
        assertThat(room.entries("anna").getLast()).satisfies(entry -> {
            assertThat(entry.type()).isEqualTo(LedgerEntryType.LEDGER_ENTRY_TYPE_FORFEIT);
            assertThat(entry.amount()).isEqualTo(-28);
            assertThat(entry.reason()).isEqualTo("End of Remember");
        });
        room.clock.advance(Duration.ofDays(28));
        assertThat(room.balance("anna")).isEqualTo(3);
    }

    @Test
    void the_end_of_a_paid_tier_with_nothing_left_is_no_entry() {
        room.tier("anna", Tier.TIER_REMEMBER);
        room.give("anna", -28);
        int entries = room.entries("anna").size();
        assertThat(room.tier("anna", Tier.TIER_FREE).balance()).isZero();
        assertThat(room.entries("anna")).hasSize(entries);
    }

    @Test
    void tiers_begun_and_ended_in_one_moment_are_all_booked() {
        for (int i = 0; i < 3; i++) {
            assertThat(room.tier("anna", Tier.TIER_REMEMBER).balance()).isEqualTo(i == 0 ? 28 : 25);
            assertThat(room.tier("anna", Tier.TIER_FREE).balance()).isZero();
        }
    }

    @Test
    void a_job_paid_on_a_paid_tier_is_given_back_after_its_end() {
        room.tier("anna", Tier.TIER_REMEMBER);
        UUID job = new UUID(1, 1);
        room.deduct("anna", job, 1, JobType.JOB_TYPE_COMBINED);
        room.tier("anna", Tier.TIER_FREE);
        assertThat(room.refund("anna", job, 1).entry())
                .extracting(Entry::balanceAfter)
                .isEqualTo(4);
    }
}
