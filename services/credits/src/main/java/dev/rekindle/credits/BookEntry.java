package dev.rekindle.credits;

import dev.rekindle.platform.Ids;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanContext;
import java.time.Clock;
import java.util.Optional;
import java.util.UUID;
import org.jooq.DSLContext;
import org.jspecify.annotations.Nullable;

/** The one way in which a balance moves: a posting becomes the next entry of the account's chain, and an event. */
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
     * Books a posting to the account as it was read. The amount must not take more than the balance.
     *
     * @return empty, and nothing is changed, if the account has moved since
     */
    Optional<Entry> run(DSLContext sql, Account account, Posting posting) {
        Entry entry = entry(account, posting);
        SpanContext span = Span.current().getSpanContext();
        String traceId = span.isValid() ? span.getTraceId() : "";
        boolean booked = ledger.append(
                sql, entry, posting, CreditsEvents.debt(CreditsEvents.of(account.userId(), entry, traceId)));
        return booked ? Optional.of(entry) : Optional.empty();
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
                    Posting.Reinstatement _ -> null;
        };
    }
}
