package dev.rekindle.bench.mesh;

import com.google.protobuf.ByteString;
import dev.rekindle.common.v1.Tier;
import dev.rekindle.credits.v1.GetAccountRequest;
import dev.rekindle.credits.v1.GrantCreditsRequest;
import dev.rekindle.credits.v1.SetTierRequest;
import dev.rekindle.jobs.v1.CompleteUploadRequest;
import dev.rekindle.jobs.v1.CreateJobRequest;
import dev.rekindle.jobs.v1.CreateUploadRequest;
import dev.rekindle.jobs.v1.GetPhotoRequest;
import dev.rekindle.jobs.v1.JobSpec;
import dev.rekindle.jobs.v1.PhotoState;
import dev.rekindle.jobs.v1.PhotosServiceGrpc;
import dev.rekindle.jobs.v1.RestorationSpec;
import dev.rekindle.jobs.v1.WriteUploadHeader;
import dev.rekindle.jobs.v1.WriteUploadRequest;
import io.grpc.CallOptions;
import io.grpc.stub.ClientCalls;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** A user and the photo its jobs are about. */
record Owner(Caller user, String photoId) {
    private static final Duration READY_MAX = Duration.ofMinutes(2);

    /** Gives a user the highest tier, credits and a photo that is ready. */
    static Owner prepare(Caller operator, Caller user, int credits) throws Exception {
        int balance = user.credits()
                .getAccount(GetAccountRequest.getDefaultInstance())
                .getAccount()
                .getBalance();
        operator.credits()
                .setTier(SetTierRequest.newBuilder()
                        .setUserId(user.user())
                        .setTier(Tier.TIER_FOREVER)
                        .build());
        int after = operator.credits()
                .grantCredits(GrantCreditsRequest.newBuilder()
                        .setUserId(user.user())
                        .setAmount(credits)
                        .setReason("For the benchmark")
                        .setRequestId(user.user())
                        .build())
                .getEntry()
                .getBalanceAfter();
        if (after <= balance) {
            throw new IllegalStateException("No credits were given.");
        }
        return new Owner(user, photo(user));
    }

    /** What its jobs are asked for with. */
    CreateJobRequest wish() {
        return CreateJobRequest.newBuilder()
                .addPhotoIds(photoId)
                .setSpec(JobSpec.newBuilder()
                        .setRestoration(RestorationSpec.newBuilder().setRestore(true)))
                .setAllowDuplicate(true)
                .build();
    }

    private static String photo(Caller user) throws Exception {
        byte[] bytes = Pictures.photo(new SplittableRandom(1));
        String id = user.photos()
                .createUpload(CreateUploadRequest.newBuilder()
                        .setFilename("bench.jpg")
                        .setSizeBytes(bytes.length)
                        .build())
                .getUpload()
                .getId();
        var call = ClientCalls.blockingClientStreamingCall(
                user.channel(), PhotosServiceGrpc.getWriteUploadMethod(), CallOptions.DEFAULT);
        boolean sent = call.write(WriteUploadRequest.newBuilder()
                        .setHeader(
                                WriteUploadHeader.newBuilder().setUploadId(id).setLast(true))
                        .build())
                && call.write(WriteUploadRequest.newBuilder()
                        .setChunk(ByteString.copyFrom(bytes))
                        .build());
        call.halfClose();
        if (!sent || call.read() == null) {
            throw new IllegalStateException("The photo was not taken.");
        }
        String photoId = user.photos()
                .completeUpload(
                        CompleteUploadRequest.newBuilder().setUploadId(id).build())
                .getPhoto()
                .getId();
        GetPhotoRequest get = GetPhotoRequest.newBuilder().setPhotoId(photoId).build();
        long end = System.nanoTime() + READY_MAX.toNanos();
        while (user.photos().getPhoto(get).getPhoto().getState() != PhotoState.PHOTO_STATE_READY) {
            if (System.nanoTime() > end) {
                throw new IllegalStateException("The photo was not prepared.");
            }
            TimeUnit.MILLISECONDS.sleep(50);
        }
        return photoId;
    }
}
