package dev.rekindle.credits;

import dev.rekindle.common.v1.JobType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
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

    /** An account afterwards and what was booked to it; nothing where a job costs nothing or paid nothing. */
    record Booked(Account account, @Nullable Entry entry) {}

    /**
     * An account after jobs paid together.
     *
     * @param credits what they paid, now or when the same was asked before
     * @param booked what was booked now, in the order of the jobs
     */
    record Paid(Account account, int credits, List<Entry> booked) {}

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
        return change.run(
                payment.userId(),
                sql -> attempt(sql, List.of(payment))
                        .map(paid -> new Booked(paid.account(), entry(sql, payment, paid))));
    }

    private @Nullable Entry entry(DSLContext sql, Payment payment, Paid paid) {
        if (paid.credits() == 0) {
            return null;
        }
        return paid.booked().isEmpty()
                ? entry(sql, Posting.Deduction.key(payment.jobId(), payment.charge()))
                : paid.booked().getFirst();
    }

    /**
     * Pays for several jobs of one user, for all or for none. Asked again, what is held already stays, and the rest is
     * paid. Refused as {@link #deduct} refuses one of them, or where the balance is less than they cost together.
     *
     * @param payments of one user, each for another job
     */
    Paid deductAll(List<Payment> payments) {
        return change.run(payments.getFirst().userId(), sql -> attempt(sql, payments));
    }

    /**
     * Gives back what a charge took. Asked again, it answers its first entry. A charge that was never made becomes void.
     *
     * @throws Failure IDEMPOTENCY_CONFLICT if the charge is another user's
     */
    Booked refund(Return refund) {
        return change.run(refund.userId(), sql -> attempt(sql, refund));
    }

    /**
     * What came of one charge of several that were to be given back.
     *
     * @param credits what it took
     * @param refusal why it is not given back; null where it is
     */
    record Outcome(int credits, @Nullable Failure refusal) {}

    /**
     * An account after several charges were given back together.
     *
     * @param outcomes in the order in which they were asked for
     */
    record Returned(Account account, List<Outcome> outcomes) {}

    /**
     * Gives several charges of one user back, each as {@link #refund} does. What is refused is refused alone; the others
     * are given back together or not at all.
     *
     * @param refunds of one user; a charge that is named twice is given back once
     */
    Returned refundAll(List<Return> refunds) {
        // Charges that become void are marked beside the booking, so this is a transaction from the first attempt on.
        return change.runLocked(refunds.getFirst().userId(), sql -> attemptAll(sql, refunds));
    }

    private Optional<Paid> attempt(DSLContext sql, List<Payment> payments) {
        String userId = payments.getFirst().userId();
        Optional<ChargeStore.JobsAccount> read =
                read(sql, userId, payments.stream().map(Payment::jobId).toList());
        if (read.isEmpty()) {
            return Optional.empty();
        }
        Account account = read.get().account();
        int held = 0;
        List<Posting.Deduction> deductions = new ArrayList<>();
        for (Payment payment : payments) {
            Optional<Charge> same = read.get().charge(payment.jobId(), payment.charge());
            if (same.isPresent()) {
                held += requireHeld(account, payment, same.get()).credits();
            } else {
                account.requireOpen();
                deduction(account, payment, read.get().of(payment.jobId())).ifPresent(deductions::add);
            }
        }
        if (deductions.isEmpty()) {
            return Optional.of(new Paid(account, held, List.of()));
        }
        int credits = deductions.stream().mapToInt(Posting.Deduction::credits).sum();
        refuseTooDear(credits, account.balance());
        terms.budgets().refuseIfExhausted(sql, account.tier());
        int all = held + credits;
        return book.run(sql, account, deductions).map(done -> new Paid(done.account(), all, done.entries()));
    }

    /** What a job that has not paid yet pays; empty where that is nothing. */
    private Optional<Posting.Deduction> deduction(Account account, Payment payment, List<Charge> others) {
        int credits = terms.catalogue().price(payment.jobType());
        if (credits == 0) {
            return Optional.empty();
        }
        refuseOutOfTurn(payment, others);
        if (payment.creditsMax() > 0 && credits > payment.creditsMax()) {
            throw Failure.of(
                    Reason.REASON_INSUFFICIENT_CREDITS,
                    "This costs " + credits(credits) + " and at most " + payment.creditsMax() + " may be spent.");
        }
        return Optional.of(new Posting.Deduction(
                payment.jobId(),
                payment.charge(),
                new Posting.JobTerms(payment.jobType(), account.tier()),
                credits,
                payment.cause()));
    }

    /** Empty where the account must be opened first: it is not there, or a month of it is due. */
    private Optional<ChargeStore.JobsAccount> read(DSLContext sql, String userId, List<UUID> jobIds) {
        return charges.read(sql, userId, jobIds).filter(jobs -> !jobs.account().isDue(Times.now(clock)));
    }

    private static Charge requireHeld(Account account, Payment payment, Charge charge) {
        boolean otherType = charge.state() != Charge.State.VOID && charge.jobType() != payment.jobType();
        if (otherType || !charge.accountId().equals(account.id())) {
            throw conflict(charge, otherType ? "type" : "user");
        }
        return switch (charge.state()) {
            case HELD -> charge;
            case RETURNED, VOID ->
                throw Failure.of(
                        Reason.REASON_STATE_CONFLICT,
                        name(charge) + " was given back and cannot be made again; the next one can.");
        };
    }

    private static void refuseOutOfTurn(Payment payment, List<Charge> others) {
        for (Charge other : others) {
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

    private static void refuseTooDear(int credits, int balance) {
        if (credits > balance) {
            throw Failure.of(
                    Reason.REASON_INSUFFICIENT_CREDITS,
                    "This costs " + credits(credits) + " and you have " + balance + ".");
        }
    }

    private Optional<Booked> attempt(DSLContext sql, Return refund) {
        Optional<ChargeStore.JobsAccount> read = read(sql, refund.userId(), List.of(refund.jobId()));
        if (read.isEmpty()) {
            return Optional.empty();
        }
        Account account = read.get().account();
        Optional<Charge> charge = read.get().charge(refund.jobId(), refund.charge());
        if (charge.isEmpty()) {
            Set<Charge.Key> asked = Set.of(new Charge.Key(refund.jobId(), refund.charge()));
            boolean marked = charges.insertVoids(sql, account.id(), asked, Times.now(clock)) == 1;
            return marked ? Optional.of(new Booked(account, null)) : Optional.empty();
        }
        return giveBack(sql, account, charge.get(), refund);
    }

    private Optional<Returned> attemptAll(DSLContext sql, List<Return> refunds) {
        Optional<ChargeStore.JobsAccount> read = read(
                sql,
                refunds.getFirst().userId(),
                refunds.stream().map(Return::jobId).distinct().toList());
        if (read.isEmpty()) {
            return Optional.empty();
        }
        Account account = read.get().account();
        List<Outcome> outcomes = new ArrayList<>();
        Map<Charge.Key, Posting.Refund> postings = new LinkedHashMap<>();
        SortedSet<Charge.Key> voids = new TreeSet<>();
        for (Return refund : refunds) {
            Charge charge = read.get().charge(refund.jobId(), refund.charge()).orElse(null);
            if (charge == null) {
                voids.add(new Charge.Key(refund.jobId(), refund.charge()));
                outcomes.add(new Outcome(0, null));
            } else if (!charge.accountId().equals(account.id())) {
                outcomes.add(new Outcome(0, conflict(charge, "user")));
            } else {
                if (charge.state() == Charge.State.HELD) {
                    postings.putIfAbsent(charge.key(), new Posting.Refund(charge, refund.reason(), refund.cause()));
                }
                outcomes.add(new Outcome(charge.credits(), null));
            }
        }
        if (charges.insertVoids(sql, account.id(), voids, Times.now(clock)) < voids.size()) {
            return Optional.empty(); // somebody made or marked one of them just now
        }
        return postings.isEmpty()
                ? Optional.of(new Returned(account, outcomes))
                : book.run(sql, account, List.copyOf(postings.values()))
                        .map(done -> new Returned(done.account(), outcomes));
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
                        .map(done -> new Booked(done.account(), done.entry()));
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
