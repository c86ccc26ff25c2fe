package dev.rekindle.app;

import dev.rekindle.embedded.certs.TrialCertificates;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Certificates for trials of encryption between processes. */
@Command(
        name = "certs",
        description =
                "Makes an authority for trials and a certificate for each process of the mesh. What is there stays.",
        mixinStandardHelpOptions = true)
final class CertsCommand implements Callable<Integer> {
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9*]([A-Za-z0-9._:-]{0,252})");

    @Parameters(paramLabel = "FOLDER", description = "Folder for the files; made where it is not there.")
    private Path folder = Path.of("");

    @Option(
            names = "--host",
            paramLabel = "NAME",
            description =
                    "A name or address by which processes are reached beside their own name (gateway, jobs, credits,"
                            + " events, processing), localhost and the loopback addresses; may be given again.")
    private List<String> hosts = List.of();

    @Option(names = "--renew", description = "Makes the processes' certificates anew; the authority stays.")
    private boolean renew;

    @Override
    public Integer call() {
        for (String host : hosts) {
            if (!HOST.matcher(host).matches()) {
                throw new CannotStart("--host is \"" + host + "\"; expected a name or an address.");
            }
        }
        TrialCertificates certificates = new TrialCertificates(folder, Clock.systemUTC());
        try {
            List<Path> made = certificates.make(hosts, renew);
            made.forEach(file -> System.out.println("made " + file));
            if (made.isEmpty()) {
                System.out.println("All certificates are there; --renew makes the processes' anew.");
            }
            return 0;
        } catch (IOException e) {
            throw new CannotStart(String.valueOf(e.getMessage()));
        }
    }
}
