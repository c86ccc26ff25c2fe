package dev.rekindle.processing.engine;

import java.nio.file.Path;

/** Attempts for tests. */
final class Attempts {
    /** One that keeps nothing. */
    static final Attempt NONE = new Attempt("", name -> Path.of(name), _ -> {});

    private Attempts() {}
}
