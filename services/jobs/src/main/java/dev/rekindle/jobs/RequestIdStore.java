package dev.rekindle.jobs;

import static dev.rekindle.jobs.tables.Tables.IDEMPOTENCY;

import com.google.protobuf.Message;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.OffsetDateTime;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import org.jooq.DSLContext;

/** Remembers calls by their request id, so that a call sent again does nothing again. */
final class RequestIdStore {

    /**
     * Claims a request id in the caller's transaction, for the resource the call is about to make.
     *
     * @return the resource an earlier call with the same id and content made; empty if this call is the first
     * @throws Failure IDEMPOTENCY_CONFLICT if the earlier call had other content
     */
    Optional<UUID> claim(
            DSLContext sql,
            String userId,
            String call,
            String requestId,
            Message request,
            UUID made,
            OffsetDateTime at) {
        if (requestId.isEmpty()) {
            return Optional.empty();
        }
        int inserted = sql.insertInto(
                        IDEMPOTENCY,
                        IDEMPOTENCY.USER_ID,
                        IDEMPOTENCY.CALL,
                        IDEMPOTENCY.REQUEST_ID,
                        IDEMPOTENCY.REQUEST_SHA256,
                        IDEMPOTENCY.RESOURCE_ID,
                        IDEMPOTENCY.CREATED_AT)
                .values(userId, call, requestId, digest(request), made, at)
                .onConflictDoNothing()
                .execute();
        return inserted == 1
                ? Optional.empty()
                : Optional.of(find(sql, userId, call, requestId, request).orElseThrow());
    }

    /**
     * The resource that an earlier call with the same id and content made; empty if there was none.
     *
     * @throws Failure IDEMPOTENCY_CONFLICT if the earlier call had other content
     */
    Optional<UUID> find(DSLContext sql, String userId, String call, String requestId, Message request) {
        return sql.selectFrom(IDEMPOTENCY)
                .where(IDEMPOTENCY
                        .USER_ID
                        .eq(userId)
                        .and(IDEMPOTENCY.CALL.eq(call))
                        .and(IDEMPOTENCY.REQUEST_ID.eq(requestId)))
                .fetchOptional(earlier -> {
                    if (!Arrays.equals(earlier.getRequestSha256(), digest(request))) {
                        throw Failure.of(
                                Reason.REASON_IDEMPOTENCY_CONFLICT,
                                "The request id " + requestId + " was used with other content; use a new one.");
                    }
                    return earlier.getResourceId();
                });
    }

    /** The call answers with another resource than it was about to make. */
    void answerWith(DSLContext sql, UUID made, UUID instead) {
        sql.update(IDEMPOTENCY)
                .set(IDEMPOTENCY.RESOURCE_ID, instead)
                .where(IDEMPOTENCY.RESOURCE_ID.eq(made))
                .execute();
    }

    /** Forgets the id of a call whose resource was taken back, so that the call may be made again. */
    void release(DSLContext sql, UUID resourceId) {
        sql.deleteFrom(IDEMPOTENCY)
                .where(IDEMPOTENCY.RESOURCE_ID.eq(resourceId))
                .execute();
    }

    int deleteBefore(DSLContext sql, OffsetDateTime time) {
        return sql.deleteFrom(IDEMPOTENCY)
                .where(IDEMPOTENCY.CREATED_AT.lt(time))
                .execute();
    }

    private static byte[] digest(Message request) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(request.toByteArray());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
