package dev.rekindle.credits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.credits.v1.LedgerEntryType;
import dev.rekindle.events.v1.Event;
import dev.rekindle.platform.db.Outbox;
import java.util.EnumMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("EV-02")
class CreditsEventsTest {
    private static final UUID ID = UUID.fromString("0199a1b2-0000-7000-8000-000000000001");
    private static final UUID JOB = new UUID(7, 7);

    private static Event event(LedgerEntryType type, int amount) {
        boolean ofJob =
                type == LedgerEntryType.LEDGER_ENTRY_TYPE_DEDUCTION || type == LedgerEntryType.LEDGER_ENTRY_TYPE_REFUND;
        Entry entry = new Entry(
                ID,
                new UUID(1, 1),
                4,
                type,
                amount,
                10,
                10 + amount,
                "key",
                ofJob ? new Entry.JobCharge(JOB, 1) : null,
                "Because.",
                "jobs",
                CreditsRoom.START);
        return CreditsEvents.of("anna", entry, "trace-1");
    }

    @Test
    void an_event_tells_what_the_entry_says_under_its_id() {
        Event event = event(LedgerEntryType.LEDGER_ENTRY_TYPE_DEDUCTION, -4);
        assertThat(event.getId()).isEqualTo(ID.toString());
        assertThat(event.getType()).isEqualTo("credits.deducted");
        assertThat(event.getSource()).isEqualTo("rekindle.credits");
        assertThat(event.getUserId()).isEqualTo("anna");
        assertThat(event.getJobId()).isEqualTo(JOB.toString());
        assertThat(event.getTraceId()).isEqualTo("trace-1");
        assertThat(event.getTime().getSeconds()).isEqualTo(CreditsRoom.START.getEpochSecond());
        assertThat(event.getCredits().getAmount()).isEqualTo(-4);
        assertThat(event.getCredits().getBalance()).isEqualTo(6);
        assertThat(event.getCredits().getReason()).isEqualTo("Because.");
        assertThat(CreditsEvents.debt(event))
                .isEqualTo(new Outbox.Message("event", ID.toString(), event.toByteString()));
    }

    @Test
    void every_type_of_entry_has_its_type_of_event() {
        Map<LedgerEntryType, String> types = new EnumMap<>(LedgerEntryType.class);
        types.put(LedgerEntryType.LEDGER_ENTRY_TYPE_REFUND, "credits.refunded");
        types.put(LedgerEntryType.LEDGER_ENTRY_TYPE_GRANT, "credits.granted");
        types.put(LedgerEntryType.LEDGER_ENTRY_TYPE_PURCHASE, "credits.granted");
        types.put(LedgerEntryType.LEDGER_ENTRY_TYPE_ADJUSTMENT, "credits.granted");
        types.forEach((type, name) -> assertThat(event(type, 5).getType()).isEqualTo(name));
        assertThat(event(LedgerEntryType.LEDGER_ENTRY_TYPE_ADJUSTMENT, -5).getType())
                .isEqualTo("credits.deducted");
        assertThat(event(LedgerEntryType.LEDGER_ENTRY_TYPE_FORFEIT, -5).getType())
                .isEqualTo("credits.deducted");
        assertThat(event(LedgerEntryType.LEDGER_ENTRY_TYPE_CLAWBACK, -5).getType())
                .isEqualTo("credits.deducted");
    }
}
