package dev.rekindle.jobs;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.v1.CheckStorageRequest;
import dev.rekindle.jobs.v1.CheckStorageResponse;
import dev.rekindle.jobs.v1.RepairStorageRequest;
import dev.rekindle.jobs.v1.RepairStorageResponse;
import dev.rekindle.jobs.v1.StorageReport;
import dev.rekindle.jobs.v1.StorageServiceGrpc;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.MessageSink;
import dev.rekindle.platform.rpc.RpcService;
import io.grpc.ServerServiceDefinition;
import java.util.function.Consumer;

/** The RPCs by which operators compare blobs and rows. */
final class StorageCalls {
    private static final int EXAMPLES = 20;

    private final CheckStorage storage;

    StorageCalls(CheckStorage storage) {
        this.storage = storage;
    }

    ServerServiceDefinition definition() {
        return RpcService.of(StorageServiceGrpc.getServiceDescriptor())
                .serverStreaming(StorageServiceGrpc.getCheckStorageMethod(), this::check)
                .serverStreaming(StorageServiceGrpc.getRepairStorageMethod(), this::repair)
                .build();
    }

    private void check(CheckStorageRequest request, MessageSink<CheckStorageResponse> sink)
            throws InterruptedException {
        StorageReport report = storage.run(
                false,
                examples(request.getExamplesMax()),
                telling(found -> sink.send(
                        CheckStorageResponse.newBuilder().setReport(found).build())));
        sink.send(CheckStorageResponse.newBuilder()
                .setReport(report)
                .setDone(true)
                .build());
    }

    private void repair(RepairStorageRequest request, MessageSink<RepairStorageResponse> sink)
            throws InterruptedException {
        StorageReport report = storage.run(
                true,
                examples(request.getExamplesMax()),
                telling(found -> sink.send(
                        RepairStorageResponse.newBuilder().setReport(found).build())));
        sink.send(RepairStorageResponse.newBuilder()
                .setReport(report)
                .setDone(true)
                .build());
    }

    private static int examples(int asked) {
        return asked == 0 ? EXAMPLES : asked;
    }

    /** Tells somebody who may have gone. */
    @FunctionalInterface
    private interface Telling {
        void tell(StorageReport found) throws InterruptedException;
    }

    private static Consumer<StorageReport> telling(Telling telling) {
        return found -> {
            try {
                telling.tell(found);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw Failure.of(Reason.REASON_CANCELLED, "The caller went away.");
            }
        };
    }
}
