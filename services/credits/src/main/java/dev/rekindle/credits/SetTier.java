package dev.rekindle.credits;

import dev.rekindle.common.v1.Tier;
import java.time.Clock;
import org.jooq.DSLContext;

/**
 * Puts a user on a tier.
 *
 * <ul>
 *   <li>From free to paid: a month of the new tier begins now, with all its credits. What was there stays.
 *   <li>From one paid tier to another: the month goes on. A dearer tier adds what its month has more; a month never gives
 *       more than the dearest tier held in it, however often the tier changes. A cheaper one counts from the next month.
 *   <li>From paid to free: all credits are lost (CR-02). Free credits come again with the next month.
 * </ul>
 */
final class SetTier {
    private final ChangeAccount change;
    private final AccountStore accounts;
    private final GrantMonths months;
    private final BookEntry book;
    private final Catalogue catalogue;
    private final Clock clock;

    SetTier(
            ChangeAccount change,
            AccountStore accounts,
            GrantMonths months,
            BookEntry book,
            Catalogue catalogue,
            Clock clock) {
        this.change = change;
        this.accounts = accounts;
        this.months = months;
        this.book = book;
        this.catalogue = catalogue;
        this.clock = clock;
    }

    /** Answers the account on its new tier. The tier it is on already changes nothing. */
    Account run(String userId, Tier tier, String cause) {
        return change.runLocked(
                userId,
                sql -> accounts.find(sql, userId)
                        .filter(account -> !months.isDue(account))
                        .map(account -> account.tier() == tier ? account : move(sql, account, tier, cause)));
    }

    /** Moves a locked account, of which no month is due, in the caller's transaction. Answers it as it is then. */
    Account move(DSLContext sql, Account account, Tier tier, String cause) {
        Account moved;
        if (tier == Tier.TIER_FREE) {
            moved = forfeit(sql, account, cause).withTier(tier);
        } else if (account.tier() == Tier.TIER_FREE) {
            Account begun = account.withTier(tier).withGrants(account.grants().restart(Times.now(clock)));
            moved = months.grant(sql, begun, monthlyCredits(tier), cause);
        } else {
            int more = monthlyCredits(tier) - account.grants().monthGranted();
            moved = months.grant(sql, account.withTier(tier), more, cause);
        }
        accounts.update(sql, moved);
        return moved;
    }

    private Account forfeit(DSLContext sql, Account account, String cause) {
        if (account.balance() == 0) {
            return account;
        }
        Posting forfeit = new Posting.Forfeit(account.id(), account.tier(), account.grants(), account.balance(), cause);
        return book.runLocked(sql, account, forfeit).account();
    }

    private int monthlyCredits(Tier tier) {
        return catalogue.plan(tier).monthlyCredits();
    }
}
