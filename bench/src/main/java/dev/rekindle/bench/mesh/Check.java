package dev.rekindle.bench.mesh;

import java.util.ArrayList;
import java.util.List;

/** One invariant, looked at from outside once all is quiet. */
abstract sealed class Check permits JobsCheck, BooksCheck, OrderCheck, BlobsCheck, PrivacyCheck, LeftoversCheck {
    private final List<Violation> found = new ArrayList<>();
    private final String invariant;

    Check(String invariant) {
        this.invariant = invariant;
    }

    /** Looks, and tells what it finds by {@link #violated}. */
    abstract void look() throws Exception;

    final void violated(String subject, String message) {
        violated(invariant, subject, message);
    }

    final void violated(String other, String subject, String message) {
        found.add(new Violation(other, subject, message));
    }

    final List<Violation> found() {
        return found;
    }
}
