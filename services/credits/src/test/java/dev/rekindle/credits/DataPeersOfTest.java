package dev.rekindle.credits;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.events.v1.EmailAddress;
import dev.rekindle.events.v1.Event;
import dev.rekindle.events.v1.NotificationSettings;
import dev.rekindle.events.v1.PushSubscription;
import dev.rekindle.events.v1.ReadUserRequest;
import dev.rekindle.events.v1.ReadUserResponse;
import dev.rekindle.jobs.v1.AdmitUserRequest;
import dev.rekindle.jobs.v1.AdmitUserResponse;
import dev.rekindle.jobs.v1.EraseUserRequest;
import dev.rekindle.jobs.v1.EraseUserResponse;
import dev.rekindle.jobs.v1.GetArchiveRequest;
import dev.rekindle.jobs.v1.GetArchiveResponse;
import dev.rekindle.jobs.v1.UserDataServiceGrpc;
import dev.rekindle.jobs.v1.WriteArchiveRequest;
import dev.rekindle.jobs.v1.WriteArchiveResponse;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.MessageSink;
import dev.rekindle.platform.rpc.MessageSource;
import dev.rekindle.platform.rpc.RpcChannel;
import dev.rekindle.platform.rpc.RpcServer;
import dev.rekindle.platform.rpc.RpcService;
import dev.rekindle.platform.telemetry.Telemetry;
import dev.rekindle.testkit.Mesh;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Jobs and events as far as they hold data of users: real gRPC, archives in memory, and a list of what was asked in its
 * order. An answer can be lost after the work was done, as when a process is killed.
 */
final class DataPeersOfTest implements AutoCloseable {
    final List<String> asked = new ArrayList<>();
    final Map<String, Map<String, String>> archives = new HashMap<>();
    private final Telemetry telemetry = Mesh.telemetry();
    private final RpcServer server;
    private final RpcChannel channel;
    private @Nullable String lost;
    private boolean tooLarge;
    private int moreInJobs;

    DataPeersOfTest() {
        server = Mesh.serve(
                "jobs",
                telemetry,
                List.of(
                        RpcService.of(UserDataServiceGrpc.getServiceDescriptor())
                                .clientStreaming(UserDataServiceGrpc.getWriteArchiveMethod(), this::write)
                                .unary(UserDataServiceGrpc.getGetArchiveMethod(), this::get)
                                .unary(UserDataServiceGrpc.getEraseUserMethod(), this::eraseJobs)
                                .unary(UserDataServiceGrpc.getAdmitUserMethod(), this::admit)
                                .build(),
                        RpcService.of(dev.rekindle.events.v1.UserDataServiceGrpc.getServiceDescriptor())
                                .serverStreaming(
                                        dev.rekindle.events.v1.UserDataServiceGrpc.getReadUserMethod(), this::read)
                                .unary(
                                        dev.rekindle.events.v1.UserDataServiceGrpc.getEraseUserMethod(),
                                        this::eraseEvents)
                                .build()));
        channel = Mesh.channel(server.port(), "credits", telemetry);
    }

    DataPeers peers() {
        return new DataPeers(
                channel.channel(),
                channel.channel(),
                new AccountDataConfig(Duration.ofSeconds(1), Duration.ofMinutes(1)));
    }

    /** The next answer to this is lost, after the work was done. */
    synchronized void loseAnswerTo(String what) {
        lost = what;
    }

    synchronized void setTooLarge(boolean nowTooLarge) {
        tooLarge = nowTooLarge;
    }

    /** Jobs says so many times that there is more. */
    synchronized void setMoreInJobs(int times) {
        moreInJobs = times;
    }

    private synchronized void note(String what) {
        asked.add(what);
        if (what.equals(lost)) {
            lost = null;
            throw Failure.of(Reason.REASON_UNAVAILABLE, "The answer was lost.");
        }
    }

    private WriteArchiveResponse write(MessageSource<WriteArchiveRequest> stream) throws InterruptedException {
        Map<String, StringBuilder> documents = new LinkedHashMap<>();
        String id = "";
        String name = "";
        for (@Nullable WriteArchiveRequest next = stream.next(); next != null; next = stream.next()) {
            if (next.hasHeader()) {
                id = next.getHeader().getArchiveId();
            } else if (next.hasDocument()) {
                name = next.getDocument();
                documents.put(name, new StringBuilder());
            } else {
                documents
                        .getOrDefault(name, new StringBuilder())
                        .append(next.getChunk().toString(StandardCharsets.UTF_8));
            }
        }
        if (tooLarge) {
            throw Failure.of(Reason.REASON_TOO_LARGE, "The archive of your data would have more than 5 bytes.");
        }
        Map<String, String> texts = new LinkedHashMap<>();
        documents.forEach((document, text) -> texts.put(document, text.toString()));
        synchronized (this) {
            archives.put(id, texts);
        }
        note("write");
        return WriteArchiveResponse.newBuilder()
                .setSizeBytes(5)
                .setExpireTime(Times.message(Instant.parse("2030-01-01T00:00:00Z")))
                .build();
    }

    private synchronized GetArchiveResponse get(GetArchiveRequest request) {
        if (!archives.containsKey(request.getArchiveId())) {
            throw Failure.notFound("archive", request.getArchiveId());
        }
        return GetArchiveResponse.newBuilder()
                .setUrl("https://blobs.test/" + request.getArchiveId())
                .build();
    }

    private synchronized EraseUserResponse eraseJobs(EraseUserRequest request) {
        note("jobs " + request.getUserId());
        moreInJobs--;
        return EraseUserResponse.newBuilder().setMore(moreInJobs >= 0).build();
    }

    private AdmitUserResponse admit(AdmitUserRequest request) {
        note("admit " + request.getUserId());
        return AdmitUserResponse.getDefaultInstance();
    }

    private void read(ReadUserRequest request, MessageSink<ReadUserResponse> sink) throws InterruptedException {
        sink.send(ReadUserResponse.newBuilder()
                .setNotifications(NotificationSettings.newBuilder()
                        .setEmail(EmailAddress.newBuilder().setAddress(request.getUserId() + "@example.com")))
                .addPushSubscriptions(PushSubscription.newBuilder().setPushService("push.example.com"))
                .build());
        sink.send(ReadUserResponse.newBuilder()
                .addEvents(Event.newBuilder()
                        .setId("event-of-" + request.getUserId())
                        .setUserId(request.getUserId()))
                .build());
    }

    private dev.rekindle.events.v1.EraseUserResponse eraseEvents(dev.rekindle.events.v1.EraseUserRequest request) {
        note("events " + request.getUserId());
        return dev.rekindle.events.v1.EraseUserResponse.getDefaultInstance();
    }

    @Override
    public void close() {
        channel.close();
        server.close();
        telemetry.close();
    }
}
