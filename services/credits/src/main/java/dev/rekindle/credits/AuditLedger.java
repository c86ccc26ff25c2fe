package dev.rekindle.credits;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.credits.v1.AuditFinding;
import dev.rekindle.credits.v1.AuditLedgerResponse;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.rpc.Failure;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jooq.Cursor;
import org.jooq.DSLContext;
import org.jooq.Record;

/**
 * Proves the books, account by account, while they are written: each batch of accounts is read as it stood at one moment,
 * and entries are taken as they stream in, so that neither the number of accounts nor their length needs memory.
 */
final class AuditLedger {
    private static final UUID BEFORE_ALL = new UUID(0, 0);
    private static final int FINDINGS_MAX = 1000;

    private record Batch(List<Account> accounts, long entryCount, List<AuditFinding> findings) {}

    private final Database database;
    private final AccountStore accounts;
    private final LedgerStore ledger;
    private final ChargeStore charges;
    private final int accountsAtOnce;

    /** @param accountsAtOnce accounts a batch */
    AuditLedger(
            Database database, AccountStore accounts, LedgerStore ledger, ChargeStore charges, int accountsAtOnce) {
        this.database = database;
        this.accounts = accounts;
        this.ledger = ledger;
        this.charges = charges;
        this.accountsAtOnce = accountsAtOnce;
    }

    /**
     * Proves the books of one user.
     *
     * @throws Failure NOT_FOUND if the user has no account
     */
    AuditLedgerResponse user(String userId) {
        Batch batch = database.transact(sql -> {
            atOneMoment(sql);
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
                atOneMoment(sql);
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

    private static void atOneMoment(DSLContext sql) {
        sql.execute("set transaction isolation level repeatable read, read only");
    }

    private Batch prove(DSLContext sql, List<Account> batch) {
        Map<UUID, LedgerProof> proofs = new HashMap<>();
        batch.forEach(account -> proofs.put(account.id(), new LedgerProof(account)));
        List<UUID> ids = batch.stream().map(Account::id).toList();
        long entryCount = 0;
        try (Cursor<? extends Record> rows = ledger.read(sql, ids)) {
            for (Record row : rows) {
                Entry entry = LedgerStore.entry(row);
                proof(proofs, entry.accountId()).entry(entry);
                entryCount++;
            }
        }
        Map<UUID, List<Charge>> charged = new HashMap<>();
        charges.ofAccounts(sql, ids)
                .forEach(charge -> charged.computeIfAbsent(charge.accountId(), id -> new ArrayList<>())
                        .add(charge));
        List<AuditFinding> findings = new ArrayList<>();
        for (Account account : batch) {
            for (String message : proof(proofs, account.id()).end(charged.getOrDefault(account.id(), List.of()))) {
                findings.add(AuditFinding.newBuilder()
                        .setUserId(account.userId())
                        .setMessage(message)
                        .build());
            }
        }
        return new Batch(batch, entryCount, findings);
    }

    private static LedgerProof proof(Map<UUID, LedgerProof> proofs, UUID accountId) {
        LedgerProof proof = proofs.get(accountId);
        if (proof == null) {
            throw Failure.internal("Account " + accountId + " was not asked for.", null);
        }
        return proof;
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
