package dev.rekindle.embedded.runpod;

/** What may go wrong with the next job. */
public enum RunPodFault {
    /** Nothing. */
    NONE,
    /** Submitting answers 429. */
    LIMITED,
    /** Submitting answers 500, and nothing is submitted. */
    ERROR,
    /** The job is taken, and the connection ends before its id is told. */
    LOST_ANSWER,
    /** One look after the end shows a progress update in place of the result. */
    LATE_PROGRESS,
    /** The job falls back into the queue once and begins anew. */
    RETRIED,
    /** Fails with an error and no output, as the platform does. */
    PLATFORM_FAILURE,
    /** Fails with an exception of the worker's, and output. */
    WORKER_EXCEPTION,
    /** Completes, but the output holds errors and no picture. */
    NO_PICTURE,
    /** Ends TIMED_OUT. */
    TIMED_OUT,
    /** Somebody else cancels it. */
    CANCELLED,
    /** Runs for ever. */
    HANG,
    /** Never begins. */
    NO_WORKER,
    /** Is in a state nobody knows for one look. */
    STRANGE_STATE,
    /** Looks answer 500, then 429, then end without an answer, then are good. */
    STATUS_ERRORS,
    /** Looks answer 404 from the first on. */
    FORGOTTEN,
    /** The result is no picture. */
    CORRUPT_RESULT,
    /** The result is a picture of another shape. */
    OTHER_SHAPE,
    /** The result breaks off in the middle once, then is good. */
    BROKEN_RESULT_URL,
    /** The result's address answers 404. */
    DEAD_RESULT_URL,
    /** The result's address leads to where no result can be. */
    INNER_RESULT_URL,
    /** Its end is told twice. */
    TOLD_TWICE,
    /** Its end is told half a minute later. */
    TOLD_LATE,
    /** Its end is not told. */
    NOT_TOLD,
    /** Its end is told at once, before it has ended, and then as ever. */
    TOLD_EARLY
}
