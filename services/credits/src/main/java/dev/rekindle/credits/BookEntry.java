package dev.rekindle.credits;

import dev.rekindle.platform.Ids;
import dev.rekindle.platform.rpc.Failure;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The one way in which a balance or a debt moves: a posting becomes the next entry of the account's chain, and an event.
 */
final class BookEntry {
    private final LedgerStore ledger;
    private final Ids ids;
    private final Clock clock;

    BookEntry(LedgerStore ledger, Ids ids, Clock clock) {
        this.ledger = ledger;
        this.ids = ids;
        this.clock = clock;
    }

    /**
     * What was booked.
     *
     * @param entries in their order; the one of the first posting comes first
     * @param account as they left it
     */
    record Booked(List<Entry> entries, Account account) {
        Entry entry() {
            return entries.getFirst();
        }
    }

    /**
     * Books a posting to the account as it was read. The amount must not take more than the balance.
     *
     * @return empty, and nothing is changed, if the account has moved since
     */
    Optional<Booked> run(DSLContext sql, Account account, Posting posting) {
        return run(sql, account, List.of(posting));
    }

    /**
     * Books postings, all or none of them. From what comes in a debt is paid at once, before anybody can spend it: whatever
     * brings credits is booked here, so none comes past the debt.
     *
     * @return empty, and nothing is changed, if the account has moved since
     */
    Optional<Booked> run(DSLContext sql, Account account, List<? extends Posting> postings) {
        SpanContext span = Span.current().getSpanContext();
        String traceId = span.isValid() ? span.getTraceId() : "";
        List<LedgerStore.Line> lines = new ArrayList<>();
        Account next = account;
        for (Posting posting : postings) {
            next = line(next, posting, traceId, lines);
            int debt = next.standing().debt();
            int paid = posting.amount() > 0 ? Math.min(debt, next.balance()) : 0;
            if (paid > 0) {
                next = line(next, new Posting.DebtPaid(next.id(), next.lastSeq() + 1, paid), traceId, lines)
                        .withStanding(next.standing().withDebt(debt - paid));
            }
        }
        List<Entry> entries = lines.stream().map(LedgerStore.Line::entry).toList();
        return ledger.append(sql, account, next, lines) ? Optional.of(new Booked(entries, next)) : Optional.empty();
    }

    /** Books a posting to an account that is locked, in the caller's transaction. */
    Booked runLocked(DSLContext transaction, Account locked, Posting posting) {
        return run(transaction, locked, posting)
                .orElseThrow(() -> Failure.internal("Account " + locked.id() + " moved under its lock.", null));
    }

    /**
     * Takes credits from a locked account, in the caller's transaction: what is there, and the rest is owed.
     *
     * @param key what they are taken for
     */
    Account takeBack(DSLContext transaction, Account locked, int credits, String key) {
        int taken = Math.min(credits, locked.balance());
        Account next = taken == 0
                ? locked
                : runLocked(transaction, locked, new Posting.Clawback(key, taken))
                        .account();
        int owed = credits - taken;
        if (owed == 0) {
            return next;
        }
        ledger.owe(transaction, next.id(), owed);
        return next.withStanding(next.standing().withDebt(next.standing().debt() + owed));
    }

    private Account line(Account account, Posting posting, String traceId, List<LedgerStore.Line> lines) {
        Entry entry = entry(account, posting);
        lines.add(new LedgerStore.Line(
                entry, posting, CreditsEvents.debt(CreditsEvents.of(account.userId(), entry, traceId))));
        return account.after(entry);
    }

    private Entry entry(Account account, Posting posting) {
        UUID id = ids.next();
        return new Entry(
                id,
                account.id(),
                account.lastSeq() + 1,
                posting.type(),
                posting.amount(),
                account.balance(),
                Math.addExact(account.balance(), posting.amount()),
                posting.key(),
                job(posting),
                posting.reason(),
                posting.cause(),
                Times.now(clock));
    }

    private static Entry.@Nullable JobCharge job(Posting posting) {
        return switch (posting) {
            case Posting.Deduction deduction -> new Entry.JobCharge(deduction.jobId(), deduction.charge());
            case Posting.Refund refund ->
                new Entry.JobCharge(refund.charge().jobId(), refund.charge().charge());
            case Posting.Grant _,
                    Posting.Adjustment _,
                    Posting.Forfeit _,
                    Posting.Purchase _,
                    Posting.Clawback _,
                    Posting.DebtPaid _,
                    Posting.Reinstatement _ -> null;
        };
    }
}
