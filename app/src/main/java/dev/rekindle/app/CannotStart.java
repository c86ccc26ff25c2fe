package dev.rekindle.app;

/** Why a command cannot do its work, in one line a person can act on. No stack trace is shown. */
final class CannotStart extends RuntimeException {
    CannotStart(String message) {
        super(message);
    }
}
