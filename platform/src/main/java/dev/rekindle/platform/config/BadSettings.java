package dev.rekindle.platform.config;

import java.util.List;

/** Settings a process cannot start with. The message names each bad setting, its value and what was expected. */
public final class BadSettings extends RuntimeException {
    private final transient List<String> problems;

    public BadSettings(List<String> problems) {
        super(problems.size() == 1 ? problems.getFirst() : "\n  " + String.join("\n  ", problems));
        this.problems = List.copyOf(problems);
    }

    public List<String> problems() {
        return problems;
    }
}
