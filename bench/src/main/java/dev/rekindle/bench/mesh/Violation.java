package dev.rekindle.bench.mesh;

/**
 * A promise that was not kept.
 *
 * @param invariant its number in ARCHITECTURE.md, or a word for what stands beside them
 * @param subject the ids it is about
 */
record Violation(String invariant, String subject, String message) {
    @Override
    public String toString() {
        return "invariant " + invariant + " · " + subject + " · " + message;
    }
}
