package dev.rekindle.bench.mesh;

import dev.rekindle.credits.v1.AuditLedgerRequest;
import dev.rekindle.credits.v1.AuditLedgerResponse;
import dev.rekindle.credits.v1.GetAccountRequest;

/** Invariant 2: balances are the sums of their ledgers, and jobs are paid once, and only those that were completed. */
final class BooksCheck extends Check {
    private final Sql sql;
    private final Crowd crowd;

    BooksCheck(Sql sql, Crowd crowd) {
        super("2");
        this.sql = sql;
        this.crowd = crowd;
    }

    @Override
    void look() throws Exception {
        sql.rows("""
                select a.user_id, a.balance, coalesce(sum(l.amount), 0) as booked
                from credits.accounts a left join credits.ledger l on l.account_id = a.id
                group by a.id having a.balance <> coalesce(sum(l.amount), 0) or a.balance < 0""", row -> {
            violated(row.getString(1), "has a balance of " + row.getInt(2) + " and booked " + row.getInt(3));
            return row.getString(1);
        });
        sql.rows("""
                select coalesce(j.id, p.job_id) as id, coalesce(j.state, 'unknown') as state,
                    coalesce(j.credit_cost, 0) as cost, coalesce(p.net, 0) as net
                from jobs.jobs j full join
                    (select job_id, sum(amount) as net from credits.ledger where job_id is not null group by job_id) p
                    on p.job_id = j.id
                where coalesce(p.net, 0) <> case when j.state = 'COMPLETED' then -j.credit_cost else 0 end""", row -> {
            violated(
                    row.getString("id"),
                    "is " + row.getString("state") + ", costs " + row.getInt("cost") + " and was booked "
                            + row.getInt("net"));
            return row.getString("id");
        });
        for (Caller caller : crowd.callers().values()) {
            int told = caller.patiently(() -> caller.credits().getAccount(GetAccountRequest.getDefaultInstance()))
                    .getAccount()
                    .getBalance();
            int kept = sql.rows(
                            "select balance from credits.accounts where user_id = '" + caller.user() + "'",
                            row -> row.getInt(1))
                    .getFirst();
            if (told != kept) {
                violated(caller.user(), "has a balance of " + kept + " and is told " + told);
            }
        }
        Caller operator = crowd.operator();
        AuditLedgerResponse audit =
                operator.patiently(() -> operator.credits().auditLedger(AuditLedgerRequest.getDefaultInstance()));
        audit.getFindingsList().forEach(finding -> violated(finding.getUserId(), finding.getMessage()));
    }
}
