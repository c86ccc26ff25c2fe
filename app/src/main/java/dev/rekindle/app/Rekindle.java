package dev.rekindle.app;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line. */
@Command(
        name = "rekindle",
        description = "Restores and colourizes family photos.",
        mixinStandardHelpOptions = true,
        version = "rekindle 0.1.0",
        subcommands = {
            UpCommand.class,
            RestoreCommand.class,
            TokenCommand.class,
            KeysCommand.class,
            DoctorCommand.class,
            JobsCommand.class,
            LanesCommand.class,
            DeadLettersCommand.class,
            StorageCommand.class,
            CreditsCommand.class,
            CertsCommand.class,
            TrainCommand.class
        },
        footer = {
            "",
            "./rekindle test runs every test; ./rekindle build builds and does not run; ./rekindle bench measures."
        })
public final class Rekindle {
    private static final int EXIT_CANNOT = 2;

    private Rekindle() {}

    public static void main(String[] arguments) {
        System.exit(commandLine().execute(arguments));
    }

    static CommandLine commandLine() {
        CommandLine line = new CommandLine(new Rekindle());
        line.setExecutionExceptionHandler((exception, command, parsed) -> {
            if (exception instanceof CannotStart cannot) {
                System.err.println("rekindle: " + cannot.getMessage());
                return EXIT_CANNOT;
            }
            throw exception;
        });
        return line;
    }
}
