package dev.rekindle.platform.config;

/** A value that never shows itself: not in logs, not in errors, not in a debugger's list of fields. */
public final class Secret {
    private final String value;

    public Secret(String value) {
        this.value = value;
    }

    /** The value itself. Whoever calls this must not print it. */
    public String reveal() {
        return value;
    }

    public boolean isEmpty() {
        return value.isEmpty();
    }

    @Override
    public String toString() {
        return "***";
    }
}
