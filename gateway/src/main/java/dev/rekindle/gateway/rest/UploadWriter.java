package dev.rekindle.gateway.rest;

import com.google.protobuf.ByteString;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpObject;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.gateway.call.WireFailures;
import dev.rekindle.jobs.v1.PhotosServiceGrpc;
import dev.rekindle.jobs.v1.Upload;
import dev.rekindle.jobs.v1.WriteUploadHeader;
import dev.rekindle.jobs.v1.WriteUploadRequest;
import dev.rekindle.jobs.v1.WriteUploadResponse;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Identity;
import io.grpc.StatusException;
import io.grpc.stub.BlockingClientCall;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Passes bytes of a client on into an upload, a chunk at a time, each when the service can take it. */
final class UploadWriter {
    private static final int CHUNK_BYTES = 256 << 10;

    private final RestCalls calls;
    private final Duration stallMax;

    UploadWriter(RestCalls calls, Duration stallMax) {
        this.calls = calls;
        this.stallMax = stallMax;
    }

    /**
     * Writes all that comes.
     *
     * @param lengthMax how many bytes may come
     * @param length how many must come; -1 where that is not known
     */
    Upload write(
            WriteUploadHeader header,
            Pull<? extends HttpObject> bytes,
            long lengthMax,
            long length,
            @Nullable Identity caller)
            throws InterruptedException {
        BlockingClientCall<WriteUploadRequest, WriteUploadResponse> call =
                calls.clientStreaming(PhotosServiceGrpc.getWriteUploadMethod(), caller);
        try {
            if (send(call, WriteUploadRequest.newBuilder().setHeader(header).build())) {
                pass(call, bytes, lengthMax, length);
            }
            call.halfClose();
            WriteUploadResponse answer = call.read(stallMax.toMillis(), TimeUnit.MILLISECONDS);
            if (answer == null) {
                throw Failure.internal("WriteUpload ended without an answer.", null);
            }
            return answer.getUpload();
        } catch (StatusException e) {
            throw WireFailures.of(e);
        } catch (TimeoutException e) {
            throw Failure.of(Reason.REASON_UNAVAILABLE, "The bytes could not be stored in time. Please go on later.");
        } finally {
            call.cancel("The upload ends here.", null); // does nothing to a call that is answered
        }
    }

    private void pass(
            BlockingClientCall<WriteUploadRequest, WriteUploadResponse> call,
            Pull<? extends HttpObject> bytes,
            long lengthMax,
            long length)
            throws InterruptedException, StatusException, TimeoutException {
        ByteString.Output chunk = ByteString.newOutput(CHUNK_BYTES);
        long count = 0;
        for (HttpObject next = bytes.next(); next != null; next = bytes.next()) {
            if (!(next instanceof HttpData data)) {
                continue; // trailers
            }
            count += data.length();
            if (count > lengthMax) {
                throw WireFailures.tooLarge(lengthMax);
            }
            put(data, chunk);
            if (chunk.size() >= CHUNK_BYTES) {
                if (!send(call, chunk(chunk))) {
                    return; // the service has ended the call and says why when it is read
                }
                chunk.reset();
            }
        }
        if (length >= 0 && count != length) {
            throw Failure.invalid("", "The body has " + count + " bytes; expected the " + length + " announced.");
        }
        if (chunk.size() > 0) {
            send(call, chunk(chunk));
        }
    }

    private boolean send(BlockingClientCall<WriteUploadRequest, WriteUploadResponse> call, WriteUploadRequest request)
            throws InterruptedException, StatusException, TimeoutException {
        return call.write(request, stallMax.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static WriteUploadRequest chunk(ByteString.Output bytes) {
        return WriteUploadRequest.newBuilder().setChunk(bytes.toByteString()).build();
    }

    private static void put(HttpData data, ByteString.Output chunk) {
        try (data) {
            chunk.write(data.array());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
