package dev.rekindle.credits;

import com.google.protobuf.ByteString;
import dev.rekindle.events.v1.ReadUserRequest;
import dev.rekindle.events.v1.ReadUserResponse;
import dev.rekindle.jobs.v1.AdmitUserRequest;
import dev.rekindle.jobs.v1.ArchiveHeader;
import dev.rekindle.jobs.v1.EraseUserRequest;
import dev.rekindle.jobs.v1.GetArchiveRequest;
import dev.rekindle.jobs.v1.GetArchiveResponse;
import dev.rekindle.jobs.v1.UserDataServiceGrpc;
import dev.rekindle.jobs.v1.WriteArchiveRequest;
import dev.rekindle.jobs.v1.WriteArchiveResponse;
import dev.rekindle.platform.Closer;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Failures;
import dev.rekindle.platform.rpc.IdentityTokens;
import dev.rekindle.platform.rpc.RpcChannel;
import dev.rekindle.platform.telemetry.Telemetry;
import io.grpc.Channel;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.BlockingClientCall;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Iterator;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Jobs and events, as far as they hold data of users. Every failure comes back as a {@link Failure}. */
final class DataPeers {
    private static final int CHUNK_BYTES = 64 << 10;

    private final UserDataServiceGrpc.UserDataServiceBlockingStub jobs;
    private final UserDataServiceGrpc.UserDataServiceBlockingV2Stub archives;
    private final dev.rekindle.events.v1.UserDataServiceGrpc.UserDataServiceBlockingStub events;
    private final Duration archiveMax;

    DataPeers(Channel jobs, Channel events, AccountDataConfig config) {
        this.jobs = UserDataServiceGrpc.newBlockingStub(jobs);
        this.archives = UserDataServiceGrpc.newBlockingV2Stub(jobs);
        this.events = dev.rekindle.events.v1.UserDataServiceGrpc.newBlockingStub(events);
        this.archiveMax = config.archiveMax();
    }

    static DataPeers open(
            CreditsConfig config, RpcChannel events, IdentityTokens tokens, Telemetry telemetry, Closer closer) {
        RpcChannel jobs = closer.add(RpcChannel.open(config.jobs(), tokens, telemetry));
        return new DataPeers(jobs.channel(), events.channel(), config.accountData());
    }

    /** Documents on their way into an archive. */
    interface Archive {
        /** Begins a document. */
        void document(String name) throws InterruptedException;

        /** Adds to the document begun last. */
        void text(String text) throws InterruptedException;
    }

    /** Writes the documents of this service. */
    @FunctionalInterface
    interface Documents {
        void write(Archive archive) throws InterruptedException;
    }

    /**
     * Makes an archive of these documents and of what jobs has of the user.
     *
     * @throws Failure what jobs refuses it with, TOO_LARGE among others
     */
    WriteArchiveResponse writeArchive(String userId, UUID archiveId, Documents documents) throws InterruptedException {
        BlockingClientCall<WriteArchiveRequest, WriteArchiveResponse> call = archives.withDeadlineAfter(
                        archiveMax.toMillis(), TimeUnit.MILLISECONDS)
                .writeArchive();
        boolean done = false;
        try {
            Sent sent = new Sent(call);
            sent.put(WriteArchiveRequest.newBuilder()
                    .setHeader(ArchiveHeader.newBuilder().setUserId(userId).setArchiveId(archiveId.toString()))
                    .build());
            documents.write(sent);
            sent.flush();
            call.halfClose();
            WriteArchiveResponse made = call.read();
            if (made == null) {
                throw Failure.internal("Jobs answered the archive " + archiveId + " with nothing.", null);
            }
            done = true;
            return made;
        } catch (StatusException e) {
            throw Failures.of(e);
        } finally {
            if (!done) {
                call.cancel("The archive was given up.", null);
            }
        }
    }

    /** Documents sent in chunks. Once the call is over nothing is sent any more, and its status tells why. */
    private static final class Sent implements Archive {
        private final BlockingClientCall<WriteArchiveRequest, WriteArchiveResponse> call;
        private final StringBuilder pending = new StringBuilder();

        Sent(BlockingClientCall<WriteArchiveRequest, WriteArchiveResponse> call) {
            this.call = call;
        }

        void put(WriteArchiveRequest request) throws InterruptedException {
            try {
                if (!call.write(request)) {
                    call.read(); // throws the status the call ended with
                    throw Failure.internal("Jobs ended the archive before it was written.", null);
                }
            } catch (StatusException e) {
                throw Failures.of(e);
            }
        }

        @Override
        public void document(String name) throws InterruptedException {
            flush();
            put(WriteArchiveRequest.newBuilder().setDocument(name).build());
        }

        @Override
        public void text(String text) throws InterruptedException {
            pending.append(text);
            if (pending.length() >= CHUNK_BYTES) {
                flush();
            }
        }

        void flush() throws InterruptedException {
            if (!pending.isEmpty()) {
                byte[] bytes = pending.toString().getBytes(StandardCharsets.UTF_8);
                pending.setLength(0);
                put(WriteArchiveRequest.newBuilder()
                        .setChunk(ByteString.copyFrom(bytes))
                        .build());
            }
        }
    }

    /** @throws Failure NOT_FOUND if the archive is gone */
    GetArchiveResponse archive(String userId, UUID archiveId) {
        return call(() -> jobs.getArchive(GetArchiveRequest.newBuilder()
                .setUserId(userId)
                .setArchiveId(archiveId.toString())
                .build()));
    }

    /** Every event of the user, oldest first, read as it is taken. */
    Iterator<ReadUserResponse> events(String userId) {
        return events.withDeadlineAfter(archiveMax.toMillis(), TimeUnit.MILLISECONDS)
                .readUser(ReadUserRequest.newBuilder().setUserId(userId).build());
    }

    /** True if jobs has more of the user. */
    boolean eraseJobs(String userId) {
        return call(() -> jobs.eraseUser(
                        EraseUserRequest.newBuilder().setUserId(userId).build())
                .getMore());
    }

    /** True if events has more of the user. */
    boolean eraseEvents(String userId) {
        return call(() -> events.eraseUser(dev.rekindle.events.v1.EraseUserRequest.newBuilder()
                        .setUserId(userId)
                        .build())
                .getMore());
    }

    /** The user may begin anew. */
    void admit(String userId) {
        call(() ->
                jobs.admitUser(AdmitUserRequest.newBuilder().setUserId(userId).build()));
    }

    private static <T> T call(Supplier<T> rpc) {
        try {
            return rpc.get();
        } catch (StatusRuntimeException e) {
            throw Failures.of(e);
        }
    }
}
