package dev.rekindle.credits;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.credits.tables.tables.records.PaymentsRecord;
import dev.rekindle.credits.v1.AuditFinding;
import dev.rekindle.credits.v1.AuditLedgerResponse;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.rpc.Failure;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jooq.Cursor;
import org.jooq.DSLContext;
import org.jooq.Record;
import org.jspecify.annotations.Nullable;

/**
 * Proves the books, account by account, while they are written: each batch of accounts is read as it stood at one moment.
 * Rows are taken as they stream in, so that no more is held in memory than the jobs of one account.
 */
final class AuditLedger {
    private static final UUID BEFORE_ALL = new UUID(0, 0);
    private static final int FINDINGS_MAX = 1000;

    private record Batch(List<Account> accounts, long entryCount, List<AuditFinding> findings) {}

    private final Database database;
    private final AccountStore accounts;
    private final LedgerStore ledger;
    private final ChargeStore charges;
    private final PaymentStore payments;
    private final int accountsAtOnce;

    /** @param accountsAtOnce accounts a batch */
    AuditLedger(
            Database database,
            AccountStore accounts,
            LedgerStore ledger,
            ChargeStore charges,
            PaymentStore payments,
            int accountsAtOnce) {
        this.database = database;
        this.accounts = accounts;
        this.ledger = ledger;
        this.charges = charges;
        this.payments = payments;
        this.accountsAtOnce = accountsAtOnce;
    }

    /**
     * Proves the books of one user.
     *
     * @throws Failure NOT_FOUND if the user has no account
     */
    AuditLedgerResponse user(String userId) {
        Batch batch = database.transact(sql -> {
            ledger.readAtOneMoment(sql);
            Account account =
                    accounts.find(sql, userId).orElseThrow(() -> Failure.notFound("account of the user", userId));
            return prove(sql, List.of(account));
        });
        return answer(1, batch.entryCount(), batch.findings());
    }

    /**
     * Proves all books. At most 1,000 findings are told.
     *
     * @param cancelled asked between batches
     * @throws Failure CANCELLED if nobody waits for the answer any more
     */
    AuditLedgerResponse all(BooleanSupplier cancelled) {
        List<AuditFinding> findings = new ArrayList<>();
        long accountCount = 0;
        long entryCount = 0;
        UUID last = BEFORE_ALL;
        while (true) {
            if (cancelled.getAsBoolean()) {
                throw Failure.of(
                        Reason.REASON_CANCELLED, "The audit was given up after " + accountCount + " accounts.");
            }
            UUID after = last;
            Batch batch = database.transact(sql -> {
                ledger.readAtOneMoment(sql);
                return prove(sql, accounts.after(sql, after, accountsAtOnce));
            });
            accountCount += batch.accounts().size();
            entryCount += batch.entryCount();
            findings.addAll(batch.findings());
            if (batch.accounts().size() < accountsAtOnce || findings.size() > FINDINGS_MAX) {
                return answer(accountCount, entryCount, findings);
            }
            last = batch.accounts().getLast().id();
        }
    }

    private Batch prove(DSLContext sql, List<Account> batch) {
        if (batch.isEmpty()) {
            return new Batch(batch, 0, List.of());
        }
        UUID first = batch.getFirst().id();
        UUID last = batch.getLast().id();
        List<AuditFinding> findings = new ArrayList<>();
        Map<UUID, List<PaymentsRecord>> paidByAccount = payments.between(sql, first, last).stream()
                .collect(Collectors.groupingBy(PaymentsRecord::getAccountId));
        try (Cursor<? extends Record> entryRows = ledger.read(sql, first, last);
                Cursor<? extends Record> chargeRows = charges.read(sql, first, last)) {
            ByAccount<Entry> entries = new ByAccount<>(entryRows, LedgerStore::entry, Entry::accountId);
            ByAccount<Charge> paid = new ByAccount<>(chargeRows, ChargeStore::charge, Charge::accountId);
            for (Account account : batch) {
                LedgerProof proof = new LedgerProof(account);
                PaymentProof money = new PaymentProof(account);
                entries.take(account.id(), entry -> {
                    proof.entry(entry);
                    money.entry(entry);
                });
                paid.take(account.id(), proof::charge);
                paidByAccount.getOrDefault(account.id(), List.of()).forEach(money::payment);
                Stream.concat(proof.end().stream(), money.end().stream())
                        .forEach(message -> findings.add(AuditFinding.newBuilder()
                                .setUserId(account.userId())
                                .setMessage(message)
                                .build()));
            }
            return new Batch(batch, entries.taken, findings);
        }
    }

    /** Rows in the order of their accounts, handed out account by account. */
    private static final class ByAccount<T> {
        private final Iterator<? extends Record> rows;
        private final Function<Record, T> read;
        private final Function<T, UUID> accountOf;
        private @Nullable T next;
        private long taken;

        ByAccount(Cursor<? extends Record> rows, Function<Record, T> read, Function<T, UUID> accountOf) {
            this.rows = rows.iterator();
            this.read = read;
            this.accountOf = accountOf;
        }

        void take(UUID accountId, Consumer<T> taker) {
            while (true) {
                if (next == null && rows.hasNext()) {
                    next = read.apply(rows.next());
                }
                if (next == null || !accountOf.apply(next).equals(accountId)) {
                    return;
                }
                taker.accept(next);
                taken++;
                next = null;
            }
        }
    }

    private static AuditLedgerResponse answer(long accountCount, long entryCount, List<AuditFinding> findings) {
        AuditLedgerResponse.Builder response = AuditLedgerResponse.newBuilder()
                .setAccountCount(accountCount)
                .setEntryCount(entryCount)
                .addAllFindings(findings.subList(0, Math.min(findings.size(), FINDINGS_MAX)));
        if (findings.size() > FINDINGS_MAX) {
            response.addFindings(AuditFinding.newBuilder()
                    .setMessage("There are more findings; the audit ended after " + accountCount + " accounts."));
        }
        return response.build();
    }
}
