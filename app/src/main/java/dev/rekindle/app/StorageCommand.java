package dev.rekindle.app;

import dev.rekindle.jobs.v1.CheckStorageRequest;
import dev.rekindle.jobs.v1.CheckStorageResponse;
import dev.rekindle.jobs.v1.RepairStorageRequest;
import dev.rekindle.jobs.v1.RepairStorageResponse;
import dev.rekindle.jobs.v1.StorageReport;
import dev.rekindle.jobs.v1.StorageServiceGrpc;
import java.io.IOException;
import java.util.Iterator;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The blob store from the shell: whether blobs and rows belong together. */
@Command(
        name = "storage",
        description = "Compares blobs and rows of a running Rekindle.",
        mixinStandardHelpOptions = true)
final class StorageCommand {

    @Command(description = "Finds blobs that no row owns and rows whose blob is gone.", mixinStandardHelpOptions = true)
    int check(
            @Mixin Where where,
            @Option(
                            names = "--repair",
                            description =
                                    "Delete the blobs that no row owns, and let the rows say that theirs is gone.")
                    boolean repair,
            @Option(names = "--json", description = "As JSON.") boolean json)
            throws IOException {
        return Operate.asOperator(where, channel -> {
            var storage = StorageServiceGrpc.newBlockingStub(channel);
            StorageReport report = repair
                    ? last(
                            storage.repairStorage(RepairStorageRequest.getDefaultInstance()),
                            RepairStorageResponse::getReport)
                    : last(
                            storage.checkStorage(CheckStorageRequest.getDefaultInstance()),
                            CheckStorageResponse::getReport);
            if (json) {
                Operate.printJson(report);
            } else {
                print(report, repair);
            }
        });
    }

    private static <T> StorageReport last(Iterator<T> answers, Function<T, StorageReport> reportOf) {
        StorageReport last = StorageReport.getDefaultInstance();
        while (answers.hasNext()) {
            last = reportOf.apply(answers.next());
        }
        return last;
    }

    private static void print(StorageReport report, boolean repair) {
        System.out.println(report.getBlobs() + " blobs, " + report.getBlobBytes() + " bytes; " + report.getOwned()
                + " are owned, " + report.getYoung() + " young ones are left alone");
        System.out.println(report.getOrphans() + " blobs that no row owns, " + report.getOrphanBytes() + " bytes");
        report.getOrphanExamplesList().forEach(key -> System.out.println("  " + key));
        System.out.println(report.getLost() + " rows whose blob is gone");
        report.getLostExamplesList()
                .forEach(lost -> System.out.println(
                        "  " + lost.getKind() + " of " + lost.getOwnerId() + ": " + lost.getBlobKey()));
        if (repair) {
            System.out.println(report.getDeleted() + " blobs are deleted, " + report.getMarked() + " rows say so now");
        }
    }
}
