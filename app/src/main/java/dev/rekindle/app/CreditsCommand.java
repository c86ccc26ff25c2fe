package dev.rekindle.app;

import dev.rekindle.credits.v1.AuditLedgerRequest;
import dev.rekindle.credits.v1.AuditLedgerResponse;
import dev.rekindle.credits.v1.CreditsServiceGrpc;
import dev.rekindle.credits.v1.GrantCreditsRequest;
import dev.rekindle.platform.Ids;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The books, from the shell. */
@Command(name = "credits", description = "Proves the books, and gives credits.", mixinStandardHelpOptions = true)
final class CreditsCommand {
    private static final int EXIT_FINDINGS = 1;

    @Command(
            description =
                    "Proves the books of all accounts, or of one: balances are the sums of their ledgers, jobs are"
                            + " charged once, payments are booked once. Ends with 1 if anything does not hold.",
            mixinStandardHelpOptions = true)
    int audit(
            @Mixin Where where,
            @Option(names = "--user", defaultValue = "", description = "Only this user's account.") String user,
            @Option(names = "--json", description = "As JSON.") boolean json)
            throws IOException {
        AtomicInteger findings = new AtomicInteger();
        int exit = Operate.asOperator(where, channel -> {
            AuditLedgerResponse audit = CreditsServiceGrpc.newBlockingStub(channel)
                    .auditLedger(AuditLedgerRequest.newBuilder().setUserId(user).build());
            findings.set(audit.getFindingsCount());
            if (json) {
                Operate.printJson(audit);
            } else {
                print(audit);
            }
        });
        return exit == 0 && findings.get() > 0 ? EXIT_FINDINGS : exit;
    }

    private static void print(AuditLedgerResponse audit) {
        audit.getFindingsList()
                .forEach(finding -> System.out.println(finding.getUserId() + ": " + finding.getMessage()));
        System.out.println(audit.getAccountCount() + " accounts, " + audit.getEntryCount() + " entries: "
                + (audit.getFindingsCount() == 0
                        ? "the books balance."
                        : audit.getFindingsCount() + " things do not hold."));
    }

    @Command(description = "Gives a user credits.", mixinStandardHelpOptions = true)
    int grant(
            @Mixin Where where,
            @Parameters(index = "0", paramLabel = "USER") String user,
            @Parameters(index = "1", paramLabel = "CREDITS") int credits,
            @Option(names = "--reason", required = true, description = "Kept in the ledger and seen by the user.")
                    String reason,
            @Option(
                            names = "--request-id",
                            defaultValue = "",
                            description = "Sent again with the same, it gives nothing more (default: a new one).")
                    String requestId)
            throws IOException {
        String id = requestId.isEmpty() ? Ids.timeOrdered().next().toString() : requestId;
        return Operate.asOperator(where, channel -> {
            int balance = CreditsServiceGrpc.newBlockingStub(channel)
                    .grantCredits(GrantCreditsRequest.newBuilder()
                            .setUserId(user)
                            .setAmount(credits)
                            .setReason(reason)
                            .setRequestId(id)
                            .build())
                    .getEntry()
                    .getBalanceAfter();
            System.out.println(user + " has " + balance + " credits.");
        });
    }
}
