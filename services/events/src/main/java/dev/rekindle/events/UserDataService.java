package dev.rekindle.events;

import com.google.protobuf.InvalidProtocolBufferException;
import dev.rekindle.events.notifications.Notifications;
import dev.rekindle.events.v1.EraseUserRequest;
import dev.rekindle.events.v1.EraseUserResponse;
import dev.rekindle.events.v1.ReadUserRequest;
import dev.rekindle.events.v1.ReadUserResponse;
import dev.rekindle.events.v1.UserDataServiceGrpc;
import dev.rekindle.events.webhooks.Webhooks;
import dev.rekindle.platform.rpc.MessageSink;
import dev.rekindle.platform.rpc.RpcService;
import io.grpc.ServerServiceDefinition;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** rekindle.events.v1.UserDataService: all there is of a user here, for an archive and for its erasure. */
final class UserDataService {
    private static final Logger log = LoggerFactory.getLogger(UserDataService.class);
    private static final int PAGE = 200;
    private static final int ERASED_A_CALL_MAX = 1_000;

    private final UserEventStore events;
    private final Webhooks webhooks;
    private final Notifications notifications;

    UserDataService(UserEventStore events, Webhooks webhooks, Notifications notifications) {
        this.events = events;
        this.webhooks = webhooks;
        this.notifications = notifications;
    }

    ServerServiceDefinition define() {
        return RpcService.of(UserDataServiceGrpc.getServiceDescriptor())
                .serverStreaming(UserDataServiceGrpc.getReadUserMethod(), this::readUser)
                .unary(UserDataServiceGrpc.getEraseUserMethod(), this::eraseUser)
                .build();
    }

    private void readUser(ReadUserRequest request, MessageSink<ReadUserResponse> sink) throws InterruptedException {
        sink.send(ReadUserResponse.newBuilder()
                .setNotifications(notifications.settings(request.getUserId()))
                .addAllPushSubscriptions(notifications.pushSubscriptions(request.getUserId()))
                .build());
        List<UserEventStore.Kept> page;
        long last = 0;
        do {
            page = events.after(request.getUserId(), last, PAGE);
            ReadUserResponse.Builder answer = ReadUserResponse.newBuilder();
            for (UserEventStore.Kept kept : page) {
                last = kept.seq();
                try {
                    answer.addEvents(kept.event());
                } catch (InvalidProtocolBufferException e) {
                    log.error("The event at {} cannot be read and is left out", kept.seq(), e);
                }
            }
            sink.send(answer.build());
        } while (page.size() == PAGE);
    }

    /** Endpoints first: no delivery is made of an event any more once its endpoint is gone. */
    private EraseUserResponse eraseUser(EraseUserRequest request) {
        notifications.erase(request.getUserId());
        boolean more = webhooks.erase(request.getUserId(), ERASED_A_CALL_MAX);
        more |= events.erase(request.getUserId(), ERASED_A_CALL_MAX) == ERASED_A_CALL_MAX;
        return EraseUserResponse.newBuilder().setMore(more).build();
    }
}
