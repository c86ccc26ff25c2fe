package dev.rekindle.credits;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.credits.tables.tables.records.DataOrdersRecord;
import dev.rekindle.credits.v1.AccountDataServiceGrpc;
import dev.rekindle.credits.v1.AccountDataState;
import dev.rekindle.credits.v1.EraseAccountRequest;
import dev.rekindle.credits.v1.EraseAccountResponse;
import dev.rekindle.credits.v1.ExportAccountRequest;
import dev.rekindle.credits.v1.ExportAccountResponse;
import dev.rekindle.jobs.v1.GetArchiveResponse;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Identity;
import dev.rekindle.platform.rpc.RpcService;
import io.grpc.ServerServiceDefinition;

/** rekindle.credits.v1.AccountDataService. */
final class AccountDataService {
    private final OpenAccount open;
    private final OrderExport exports;
    private final OrderErasure erasures;
    private final DataPeers peers;
    private final Runnable ordered;

    /** @param ordered told when there is something to do */
    AccountDataService(
            OpenAccount open, OrderExport exports, OrderErasure erasures, DataPeers peers, Runnable ordered) {
        this.open = open;
        this.exports = exports;
        this.erasures = erasures;
        this.peers = peers;
        this.ordered = ordered;
    }

    ServerServiceDefinition definition() {
        return RpcService.of(AccountDataServiceGrpc.getServiceDescriptor())
                .unary(AccountDataServiceGrpc.getExportAccountMethod(), this::exportAccount)
                .unary(AccountDataServiceGrpc.getEraseAccountMethod(), this::eraseAccount)
                .build();
    }

    private ExportAccountResponse exportAccount(ExportAccountRequest request) {
        Account account = open.requireOpen(Identity.currentUser());
        DataOrdersRecord order = exports.run(account, request.getRequestId());
        return switch (DataOrderStore.State.valueOf(order.getState())) {
            case RUNNING, FAILED -> running();
            case DONE -> whole(account, order, request.getRequestId());
        };
    }

    private ExportAccountResponse running() {
        ordered.run();
        return ExportAccountResponse.newBuilder()
                .setState(AccountDataState.ACCOUNT_DATA_STATE_RUNNING)
                .build();
    }

    private ExportAccountResponse whole(Account account, DataOrdersRecord order, String requestId) {
        try {
            GetArchiveResponse archive = peers.archive(account.userId(), order.getId());
            return ExportAccountResponse.newBuilder()
                    .setState(AccountDataState.ACCOUNT_DATA_STATE_DONE)
                    .setUrl(archive.getUrl())
                    .setExpireTime(archive.getExpireTime())
                    .build();
        } catch (Failure failure) {
            if (failure.reason() != Reason.REASON_NOT_FOUND) {
                throw failure;
            }
            exports.again(account, order.getId(), requestId);
            return running();
        }
    }

    private EraseAccountResponse eraseAccount(EraseAccountRequest request) {
        DataOrderStore.State state = erasures.run(Identity.currentUser());
        ordered.run();
        return EraseAccountResponse.newBuilder()
                .setState(
                        switch (state) {
                            case RUNNING, FAILED -> AccountDataState.ACCOUNT_DATA_STATE_RUNNING;
                            case DONE -> AccountDataState.ACCOUNT_DATA_STATE_DONE;
                        })
                .build();
    }
}
