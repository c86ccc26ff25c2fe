package dev.rekindle.credits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rekindle.common.v1.JobType;
import java.util.List;
import java.util.UUID;
import org.jooq.exception.DataAccessException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whoever writes, by whatever statement, the database keeps the books right. */
@Tag("CR-04")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BooksSchemaIT {
    private static final UUID JOB = new UUID(1, 1);
    private static final UUID RETURNED_JOB = new UUID(2, 2);
    private static final UUID VOID_JOB = new UUID(3, 3);
    private static final String ENTRY =
            "insert into ledger (id, account_id, seq, type, amount, balance_before, balance_after, business_key,"
                    + " job_id, charge, reason, cause, created_at) values (gen_random_uuid(), ";

    private final CreditsRoom room = new CreditsRoom();
    private Account anna = room.open.run("anna");

    /** Anna: granted 3, given 7, a job holds 4, another was given back. Six entries, balance 6. */
    @BeforeAll
    void books() {
        room.give("anna", 7);
        room.deduct("anna", JOB, 1, JobType.JOB_TYPE_COMBINED);
        room.deduct("anna", RETURNED_JOB, 1, JobType.JOB_TYPE_RESTORATION);
        room.refund("anna", RETURNED_JOB, 1);
        room.refund("anna", VOID_JOB, 1);
        room.give("anna", 1);
        room.give("anna", -1);
        anna = room.open.run("anna");
        assertThat(anna.balance()).isEqualTo(6);
        assertThat(anna.lastSeq()).isEqualTo(7);
    }

    @AfterAll
    void the_books_still_balance() {
        assertThat(room.audit().getFindingsList()).isEmpty();
        assertThat(room.open.run("anna")).isEqualTo(anna);
        room.close();
    }

    private void refused(String rule, String... statements) {
        DataAccessException refusal = catchThrowableOfType(
                DataAccessException.class,
                () -> room.database.transact(sql -> {
                    for (String statement : statements) {
                        sql.execute(statement.replace("$anna", "'" + anna.id() + "'"));
                    }
                    return statements.length;
                }));
        assertThat(refusal).as(List.of(statements).toString()).isNotNull();
        assertThat(refusal).rootCause().hasMessageContaining(rule);
    }

    /** An entry that would be Anna's next one, written in full. */
    private static String entry(int seq, String type, int amount, int before, int after, String job) {
        return ENTRY + "$anna, " + seq + ", '" + type + "', " + amount + ", " + before + ", " + after
                + ", gen_random_uuid()::text, " + job + ", '', 'test', now())";
    }

    private static String head(int seq, int balance) {
        return "update accounts set last_seq = " + seq + ", balance = " + balance + " where id = $anna";
    }

    private static String charge(UUID job, int charge) {
        return "'" + job + "', " + charge;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    ledger only grows: update   | update ledger set amount = amount + 1, balance_after = balance_after + 1
                    ledger only grows: update   | update ledger set reason = 'Other words.'
                    ledger only grows: delete   | delete from ledger
                    ledger only grows: truncate | truncate ledger cascade
                    charges only grows: delete  | delete from charges
                    charges only grows: truncate| truncate charges cascade
                    accounts_balance_check      | update accounts set balance = -1
                    accounts_balance_is_booked  | update accounts set balance = balance + 1
                    accounts_balance_is_booked  | update accounts set last_seq = last_seq + 1
                    cannot go back              | update accounts set last_seq = last_seq - 1
                    cannot go back              | update accounts set last_seq = 2, balance = 10
                    cannot go back              | update accounts set grant_period = 0
                    ledger_account_id_fkey      | delete from accounts
                    """)
    void what_is_written_stays(String rule, String statement) {
        refused(rule, statement);
    }

    @Test
    void an_entry_must_be_in_the_balance() {
        refused("is in no balance", entry(8, "GRANT", 5, 6, 11, "null, null"));
    }

    @Test
    void a_balance_must_be_in_the_ledger() {
        refused("accounts_balance_is_booked", head(8, 11));
        refused("accounts_balance_is_booked", entry(8, "GRANT", 5, 6, 11, "null, null"), head(8, 12));
    }

    @Test
    void an_entry_follows_the_newest_one() {
        refused("ledger_follows", entry(8, "GRANT", 5, 7, 12, "null, null"), head(8, 12));
        refused("ledger_follows", entry(9, "GRANT", 5, 6, 11, "null, null"), head(9, 11));
        refused("ledger_account_id_seq_key", entry(7, "GRANT", 5, 7, 12, "null, null"), head(7, 12));
    }

    @Test
    void an_entry_adds_up_and_moves_something_in_its_direction() {
        refused("ledger_adds_up", entry(8, "GRANT", 5, 6, 12, "null, null"), head(8, 12));
        refused("ledger_amount_check", entry(8, "GRANT", 0, 6, 6, "null, null"), head(8, 6));
        refused("ledger_direction", entry(8, "GRANT", -5, 6, 1, "null, null"), head(8, 1));
        refused("ledger_direction", entry(8, "FORFEIT", 5, 6, 11, "null, null"), head(8, 11));
        refused("ledger_balance_after_check", entry(8, "FORFEIT", -7, 6, -1, "null, null"), head(8, -1));
    }

    @Test
    void a_first_entry_begins_with_nothing() {
        refused(
                "ledger_begins_with_nothing",
                berta(5, 1),
                ENTRY + "(select id from accounts where user_id = 'berta'), 1, 'GRANT', 1, 4, 5, 'b', null, null, '',"
                        + " 'test', now())");
        refused("accounts_begin_with_nothing", berta(5, 0));
    }

    private static String berta(int balance, int lastSeq) {
        return "insert into accounts (id, user_id, tier, balance, last_seq, grant_anchor, months_begun, grant_period,"
                + " month_granted, next_grant_at, created_at) values (gen_random_uuid(), 'berta', 'FREE', " + balance
                + ", " + lastSeq + ", now(), 1, 1, 0, now(), now())";
    }

    @Test
    void a_deduction_needs_its_charge_and_a_charge_its_deduction() {
        refused("ledger_charge_is_known", entry(8, "DEDUCTION", -2, 6, 4, charge(new UUID(9, 9), 1)), head(8, 4));
        refused(
                "charges_is_booked",
                "insert into charges values ('" + new UUID(9, 9) + "', 1, $anna, 'IMAGE', 1, 'HELD', now())");
        refused("ledger_job_where_paid", entry(8, "DEDUCTION", -2, 6, 4, "null, null"), head(8, 4));
        refused("ledger_job_where_paid", entry(8, "GRANT", 2, 6, 8, charge(JOB, 1)), head(8, 8));
    }

    @Test
    void a_job_holds_one_charge_at_a_time() {
        refused(
                "charges_one_held_a_job",
                "insert into charges values ('" + JOB + "', 2, $anna, 'IMAGE', 1, 'HELD', now())",
                entry(8, "DEDUCTION", -1, 6, 5, charge(JOB, 2)),
                head(8, 5));
    }

    @Test
    void a_charge_is_made_and_given_back_once_and_in_full() {
        String returned = "update charges set state = 'RETURNED' where job_id = '" + JOB + "'";
        refused("ledger_job_id_charge_type_key", entry(8, "REFUND", 2, 6, 8, charge(RETURNED_JOB, 1)), head(8, 8));
        refused("ledger_charge_is_known", entry(8, "REFUND", 3, 6, 9, charge(JOB, 1)), head(8, 9), returned);
        refused("ledger_refund_is_known", entry(8, "REFUND", 4, 6, 10, charge(JOB, 1)), head(8, 10));
        refused("charges_return_is_booked", returned);
    }

    @Test
    void a_void_charge_stays_void() {
        refused("ledger_charge_is_known", entry(8, "DEDUCTION", -2, 6, 4, charge(VOID_JOB, 1)), head(8, 4));
        refused(
                "cannot go from VOID to HELD",
                "update charges set state = 'HELD', credits = 2, job_type = 'RESTORATION' where job_id = '" + VOID_JOB
                        + "'");
        refused(
                "cannot go from RETURNED to HELD",
                "update charges set state = 'HELD' where job_id = '" + RETURNED_JOB + "'");
        refused("cannot go from HELD to HELD", "update charges set credits = 3 where job_id = '" + JOB + "'");
    }
}
