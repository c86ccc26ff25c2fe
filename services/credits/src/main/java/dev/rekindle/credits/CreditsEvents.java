package dev.rekindle.credits;

import dev.rekindle.events.v1.CreditsEvent;
import dev.rekindle.events.v1.Event;
import dev.rekindle.platform.db.Outbox;

/** What the ledger tells to the mesh: one event an entry, with the entry's id. */
final class CreditsEvents {
    /** The outbox topic of events, delivered in order. */
    static final String TOPIC = "event";

    static final String SOURCE = "rekindle.credits";
    static final String VERSION = "1";

    private CreditsEvents() {}

    /**
     * The event of an entry.
     *
     * @param traceId of the call that caused it; empty where there is none
     */
    static Event of(String userId, Entry entry, String traceId) {
        Event.Builder event = Event.newBuilder()
                .setId(entry.id().toString())
                .setType(type(entry))
                .setSource(SOURCE)
                .setTime(Times.message(entry.createdAt()))
                .setVersion(VERSION)
                .setTraceId(traceId)
                .setUserId(userId)
                .setCredits(CreditsEvent.newBuilder()
                        .setAmount(entry.amount())
                        .setBalance(entry.balanceAfter())
                        .setReason(entry.reason()));
        Entry.JobCharge job = entry.job();
        if (job != null) {
            event.setJobId(job.jobId().toString());
        }
        return event.build();
    }

    /** An event as a debt to the events service. */
    static Outbox.Message debt(Event event) {
        return new Outbox.Message(TOPIC, event.getId(), event.toByteString());
    }

    private static String type(Entry entry) {
        return switch (entry.type()) {
            case LEDGER_ENTRY_TYPE_REFUND -> "credits.refunded";
            case LEDGER_ENTRY_TYPE_DEDUCTION,
                    LEDGER_ENTRY_TYPE_GRANT,
                    LEDGER_ENTRY_TYPE_PURCHASE,
                    LEDGER_ENTRY_TYPE_ADJUSTMENT,
                    LEDGER_ENTRY_TYPE_FORFEIT,
                    LEDGER_ENTRY_TYPE_CLAWBACK -> entry.amount() > 0 ? "credits.granted" : "credits.deducted";
            case LEDGER_ENTRY_TYPE_UNSPECIFIED, UNRECOGNIZED ->
                throw new IllegalArgumentException("Entry " + entry.id() + " is of no type.");
        };
    }
}
