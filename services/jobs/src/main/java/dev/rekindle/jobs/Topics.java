package dev.rekindle.jobs;

/** What this service owes to others, by topic of its outbox. */
final class Topics {
    /** Events, to the events service, in order. */
    static final String EVENT = "event";
    /** Jobs that belong into the queue. */
    static final String ENQUEUE = "enqueue";
    /** Jobs that wait in another lane or priority now. */
    static final String MOVE = "move";
    /** Batches in which a job has ended, or that are to be cancelled. */
    static final String BATCH = "batch";
    /** Charges to be given back, to the credits service. */
    static final String REFUND = "refund";
    /** What attempts cost, to the credits service. */
    static final String COST = "cost";
    /** Blobs nobody owns any more. */
    static final String BLOBS = "blobs";

    /** Jobs that ended a while ago, and below whose folder only what they made may lie. */
    static final String LEFTOVERS = "leftovers";

    private Topics() {}
}
