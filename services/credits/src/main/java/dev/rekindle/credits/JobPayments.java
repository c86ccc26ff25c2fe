package dev.rekindle.credits;

import dev.rekindle.common.v1.JobType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/** Jobs pay and are given back what they paid: each charge at most once, and one charge of a job at a time. */
final class JobPayments {
    private static final Duration RETURN_DELAY = Duration.ofSeconds(1);

    /**
     * A charge that is asked for.
     *
     * @param creditsMax most that may be paid; 0 means any
     */
    record Payment(String userId, UUID jobId, int charge, JobType jobType, int creditsMax, String cause) {}

    /** A charge that is given back. */
    record Return(String userId, UUID jobId, int charge, String reason, String cause) {}

    /** An account and what was booked to it; nothing where a job costs nothing or paid nothing. */
    record Booked(Account account, @Nullable Entry entry) {}

    private final ChangeAccount change;
    private final BookEntry book;
    private final ChargeStore charges;
    private final LedgerStore ledger;
    private final Terms terms;
    private final Clock clock;

    /** What a job costs, and whether it may be spent on today. */
    record Terms(Catalogue catalogue, Budgets budgets) {}

    JobPayments(
            ChangeAccount change, BookEntry book, ChargeStore charges, LedgerStore ledger, Terms terms, Clock clock) {
        this.change = change;
        this.book = book;
        this.charges = charges;
        this.ledger = ledger;
        this.terms = terms;
        this.clock = clock;
    }

    /**
     * Pays for a job. Asked again, the same charge answers its first entry for as long as it is held.
     *
     * @throws Failure INSUFFICIENT_CREDITS; BUDGET_EXHAUSTED if the tier's budget of today is used up;
     *     IDEMPOTENCY_CONFLICT if the charge is another user's or type's; STATE_CONFLICT if the account is being erased, if it was given back, was made void
     *     or comes after a later one; CONCURRENT_CHANGE while the job's charge before is held
     */
    Booked deduct(Payment payment) {
        return change.run(payment.userId(), sql -> attempt(sql, payment));
    }

    /**
     * Gives back what a charge took. Asked again, it answers its first entry. A charge that was never made becomes void.
     *
     * @throws Failure IDEMPOTENCY_CONFLICT if the charge is another user's
     */
    Booked refund(Return refund) {
        return change.run(refund.userId(), sql -> attempt(sql, refund));
    }

    private Optional<Booked> attempt(DSLContext sql, Payment payment) {
        Optional<ChargeStore.JobAccount> read = read(sql, payment.userId(), payment.jobId());
        if (read.isEmpty()) {
            return Optional.empty();
        }
        Account account = read.get().account();
        Optional<Charge> same = read.get().charge(payment.charge());
        if (same.isPresent()) {
            return Optional.of(repeat(sql, account, payment, same.get()));
        }
        account.requireOpen();
        int credits = terms.catalogue().price(payment.jobType());
        if (credits == 0) {
            return Optional.of(new Booked(account, null));
        }
        refuseOutOfTurn(payment, read.get());
        refuseTooDear(payment, credits, account.balance());
        terms.budgets().refuseIfExhausted(sql, account.tier());
        Posting deduction = new Posting.Deduction(
                payment.jobId(),
                payment.charge(),
                new Posting.JobTerms(payment.jobType(), account.tier()),
                credits,
                payment.cause());
        return book.run(sql, account, deduction).map(entry -> new Booked(account, entry));
    }

    /** Empty where the account must be opened first: it is not there, or a month of it is due. */
    private Optional<ChargeStore.JobAccount> read(DSLContext sql, String userId, UUID jobId) {
        return charges.read(sql, userId, jobId).filter(job -> !job.account().isDue(Times.now(clock)));
    }

    private Booked repeat(DSLContext sql, Account account, Payment payment, Charge charge) {
        boolean otherType = charge.state() != Charge.State.VOID && charge.jobType() != payment.jobType();
        if (otherType || !charge.accountId().equals(account.id())) {
            throw conflict(charge, otherType ? "type" : "user");
        }
        return switch (charge.state()) {
            case HELD -> new Booked(account, entry(sql, Posting.Deduction.key(charge.jobId(), charge.charge())));
            case RETURNED, VOID ->
                throw Failure.of(
                        Reason.REASON_STATE_CONFLICT,
                        name(charge) + " was given back and cannot be made again; the next one can.");
        };
    }

    private static void refuseOutOfTurn(Payment payment, ChargeStore.JobAccount job) {
        for (Charge other : job.charges()) {
            if (other.charge() > payment.charge()) {
                throw Failure.of(
                        Reason.REASON_STATE_CONFLICT,
                        "Charge " + payment.charge() + " of job " + payment.jobId() + " comes too late: charge "
                                + other.charge() + " is known already.");
            }
            if (other.state() == Charge.State.HELD) {
                throw Failure.of(
                                Reason.REASON_CONCURRENT_CHANGE,
                                name(other) + " is not given back yet. Please try again in a moment.")
                        .withRetryDelay(RETURN_DELAY);
            }
        }
    }

    private static void refuseTooDear(Payment payment, int credits, int balance) {
        if (payment.creditsMax() > 0 && credits > payment.creditsMax()) {
            throw Failure.of(
                    Reason.REASON_INSUFFICIENT_CREDITS,
                    "This costs " + credits(credits) + " and at most " + payment.creditsMax() + " may be spent.");
        }
        if (credits > balance) {
            throw Failure.of(
                    Reason.REASON_INSUFFICIENT_CREDITS,
                    "This costs " + credits(credits) + " and you have " + balance + ".");
        }
    }

    private Optional<Booked> attempt(DSLContext sql, Return refund) {
        Optional<ChargeStore.JobAccount> read = read(sql, refund.userId(), refund.jobId());
        if (read.isEmpty()) {
            return Optional.empty();
        }
        Account account = read.get().account();
        Optional<Charge> charge = read.get().charge(refund.charge());
        if (charge.isEmpty()) {
            boolean marked = charges.insertVoid(sql, account.id(), refund.jobId(), refund.charge(), Times.now(clock));
            return marked ? Optional.of(new Booked(account, null)) : Optional.empty();
        }
        return giveBack(sql, account, charge.get(), refund);
    }

    private Optional<Booked> giveBack(DSLContext sql, Account account, Charge charge, Return refund) {
        if (!charge.accountId().equals(account.id())) {
            throw conflict(charge, "user");
        }
        return switch (charge.state()) {
            case VOID -> Optional.of(new Booked(account, null));
            case RETURNED ->
                Optional.of(new Booked(account, entry(sql, Posting.Refund.key(charge.jobId(), charge.charge()))));
            case HELD ->
                book.run(sql, account, new Posting.Refund(charge, refund.reason(), refund.cause()))
                        .map(entry -> new Booked(account, entry));
        };
    }

    private Entry entry(DSLContext sql, String key) {
        return ledger.find(sql, key).orElseThrow(() -> Failure.internal("The ledger has no entry " + key + ".", null));
    }

    private static Failure conflict(Charge charge, String what) {
        return Failure.of(
                Reason.REASON_IDEMPOTENCY_CONFLICT, name(charge) + " is of another " + what + " than the one given.");
    }

    private static String name(Charge charge) {
        return "Charge " + charge.charge() + " of job " + charge.jobId();
    }

    private static String credits(int credits) {
        return credits == 1 ? "1 credit" : credits + " credits";
    }
}
