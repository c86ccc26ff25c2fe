package dev.rekindle.credits;

import static dev.rekindle.credits.CreditsRoom.reasonOf;
import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.JobType;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.credits.v1.AuditFinding;
import dev.rekindle.credits.v1.AuditLedgerResponse;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("CR-04")
class AuditLedgerIT {
    private final CreditsRoom room = new CreditsRoom();

    @AfterEach
    void close() {
        room.close();
    }

    private void execute(String... statements) {
        for (String statement : statements) {
            room.database.query(sql -> sql.execute(statement));
        }
    }

    @Test
    void all_accounts_are_proven_over_several_batches() {
        IntStream.range(0, 9).forEach(i -> room.open.run("user-" + i));
        room.deduct("user-7", new UUID(1, 1), 1, JobType.JOB_TYPE_IMAGE);
        AuditLedgerResponse response = room.audit();
        assertThat(response.getAccountCount()).isEqualTo(9);
        assertThat(response.getEntryCount()).isEqualTo(10);
        assertThat(response.getFindingsList()).isEmpty();
    }

    @Test
    void one_user_is_proven_alone() {
        room.open.run("anna");
        room.deduct("berta", new UUID(1, 1), 1, JobType.JOB_TYPE_IMAGE);
        AuditLedgerResponse response = room.audit.user("berta");
        assertThat(response.getAccountCount()).isEqualTo(1);
        assertThat(response.getEntryCount()).isEqualTo(2);
        assertThat(reasonOf(() -> room.audit.user("nobody"))).isEqualTo(Reason.REASON_NOT_FOUND);
    }

    @Test
    void books_broken_past_the_rules_of_the_schema_are_found() {
        room.deduct("anna", new UUID(1, 1), 1, JobType.JOB_TYPE_RESTORATION);
        room.open.run("berta");
        room.deduct("clara", new UUID(3, 3), 1, JobType.JOB_TYPE_RESTORATION);
        room.open.run("dora");
        execute(
                "alter table ledger disable trigger user",
                "alter table charges disable trigger user",
                "alter table accounts drop constraint accounts_balance_is_booked",
                "alter table charges drop constraint charges_return_is_booked",
                "alter table ledger drop constraint ledger_charge_is_known",
                "update ledger set amount = -1, balance_after = 2 where type = 'DEDUCTION' and account_id ="
                        + " (select id from accounts where user_id = 'clara')",
                "update charges set state = 'RETURNED' where job_id = '" + new UUID(1, 1) + "'",
                "update accounts set balance = 1000 where user_id = 'berta'");
        AuditLedgerResponse response = room.audit();
        assertThat(response.getFindingsList())
                .extracting(AuditFinding::getUserId)
                .containsExactlyInAnyOrder("anna", "berta", "clara", "clara");
        assertThat(response.getFindingsList())
                .extracting(AuditFinding::getMessage)
                .contains(
                        "The balance is 1000, the sum of the ledger is 3.",
                        "The balance is 1, the sum of the ledger is 2.",
                        "Charge 1 of job " + new UUID(1, 1)
                                + " is RETURNED with 2 credits; the ledger has 2 deducted and 0 refunded.");
        assertThat(room.audit.user("dora").getFindingsList()).isEmpty();
    }

    @Test
    void an_audit_nobody_waits_for_ends() {
        room.open.run("anna");
        assertThat(reasonOf(() -> room.audit.all(() -> true))).isEqualTo(Reason.REASON_CANCELLED);
    }

    @Test
    void books_are_right_at_every_moment_while_they_are_written() throws Exception {
        IntStream.range(0, 5).forEach(i -> room.give("user-" + i, 1000));
        AtomicBoolean audited = new AtomicBoolean();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var writers = IntStream.range(0, 5)
                    .<Future<?>>mapToObj(i -> threads.submit(() -> {
                        while (!audited.get()) {
                            UUID job = UUID.randomUUID();
                            room.deduct("user-" + i, job, 1, JobType.JOB_TYPE_IMAGE);
                            room.refund("user-" + i, job, 1);
                        }
                    }))
                    .toList();
            try {
                for (int i = 0; i < 15; i++) {
                    assertThat(room.audit().getFindingsList()).isEmpty();
                }
            } finally {
                audited.set(true);
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
        }
    }
}
