package dev.rekindle.app;

import java.io.Console;
import java.nio.file.Path;
import java.util.List;

/** One line of the terminal that shows how far a photo is. Where nobody looks, only the end is printed. */
final class ProgressLine {
    private static final int BAR = 24;
    private static final int WIDTH = 78;

    private final String name;
    private final boolean live = isTerminal();

    ProgressLine(String name) {
        this.name = name;
    }

    @SuppressWarnings("SystemConsoleNull") // it is null here where output goes to a file, whatever the JDK promises
    private static boolean isTerminal() {
        Console console = System.console();
        return console != null && console.isTerminal();
    }

    void show(double percent, String what) {
        if (!live) {
            return;
        }
        int full = (int) Math.round(Math.clamp(percent, 0, 100) / 100 * BAR);
        String bar = "█".repeat(full) + "░".repeat(BAR - full);
        print("%s  %s %3.0f %%  %s".formatted(name, bar, percent, what));
    }

    void done(Path result, List<String> report) {
        end("✓ " + name + " → " + result);
        report.forEach(line -> System.out.println("    " + line));
    }

    void fail(String why) {
        end("");
        System.err.println("✗ " + name + ": " + why);
    }

    private void end(String text) {
        if (live) {
            print("");
            System.out.print("\r");
        }
        if (!text.isEmpty()) {
            System.out.println(text);
        }
    }

    private static void print(String text) {
        String cut = text.length() > WIDTH ? text.substring(0, WIDTH) : text;
        System.out.print("\r" + cut + " ".repeat(WIDTH - cut.length()));
        System.out.flush();
    }
}
