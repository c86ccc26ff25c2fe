package dev.rekindle.jobs;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.tables.tables.records.HandoffsRecord;
import dev.rekindle.jobs.v1.ClaimHandoffResponse;
import dev.rekindle.jobs.v1.Handoff;
import dev.rekindle.jobs.v1.VerifyHandoffResponse;
import dev.rekindle.platform.Ids;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.rpc.Failure;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.List;
import org.jooq.DSLContext;

/** Leave to upload, handed from a signed-in desktop to a phone: a code for minutes, and once for it a token. */
final class Handoffs {
    private final Database database;
    private final HandoffStore store;
    private final JobStore users;
    private final JobsConfig.Handoffs config;
    private final Sources sources;

    /** Where ids, times and secrets come from. */
    record Sources(Ids ids, Clock clock, SecureRandom random) {}

    Handoffs(Database database, HandoffStore store, JobStore users, JobsConfig.Handoffs config, Sources sources) {
        this.database = database;
        this.store = store;
        this.users = users;
        this.config = config;
        this.sources = sources;
    }

    private OffsetDateTime now() {
        return Protos.utc(sources.clock().instant());
    }

    Handoff create(String userId, String sessionId) {
        HandoffSecret code = HandoffSecret.code(sources.random());
        HandoffsRecord made = database.transact(sql -> {
            users.lockUser(sql, userId);
            store.withdraw(sql, userId, sessionId);
            requireRoom(sql, userId);
            HandoffsRecord row = new HandoffsRecord();
            row.setId(sources.ids().next());
            row.setUserId(userId);
            row.setSessionId(sessionId);
            row.setCodeSha256(code.digest());
            row.setUploadCount(0);
            row.setCreatedAt(now());
            row.setExpiresAt(row.getCreatedAt().plus(config.codeKept()));
            store.insert(sql, row);
            return row;
        });
        return Handoff.newBuilder()
                .setCode(code.text())
                .setUrl(page(code))
                .setSessionId(sessionId)
                .setExpireTime(Protos.timestamp(made.getExpiresAt()))
                .build();
    }

    private String page(HandoffSecret code) {
        URI site = config.publicUrl();
        String page = "/phone#" + code.text();
        return site.toString().isEmpty() ? page : site.resolve(page).toString();
    }

    private void requireRoom(DSLContext sql, String userId) {
        List<OffsetDateTime> open = store.expiries(sql, userId, now());
        if (open.size() >= config.perUserMax()) {
            throw Failure.of(
                            Reason.REASON_RATE_LIMITED,
                            "You have " + open.size() + " open hand-overs to devices; at most " + config.perUserMax()
                                    + " are allowed at once. The first of them ends soon.")
                    .withRetryDelay(Duration.between(now(), open.getFirst()));
        }
    }

    /**
     * Redeems a code: of two devices one succeeds.
     *
     * @throws Failure NOT_FOUND whyever the code is not good
     */
    ClaimHandoffResponse claim(HandoffSecret code) {
        HandoffSecret token = HandoffSecret.token(sources.random());
        OffsetDateTime now = now();
        HandoffsRecord row = store.redeem(
                        database.sql(), code.digest(), token.digest(), now, now.plus(config.tokenKept()))
                .orElseThrow(() -> Failure.of(
                        Reason.REASON_NOT_FOUND,
                        "This code is not good: it was used, or it has expired. Show a new one on the other screen."));
        return ClaimHandoffResponse.newBuilder()
                .setToken(token.text())
                .setSessionId(row.getSessionId())
                .setExpireTime(Protos.timestamp(row.getExpiresAt()))
                .setUploadsMax(config.uploadsMax())
                .build();
    }

    /** @throws Failure UNAUTHENTICATED if the token is unknown or has expired */
    VerifyHandoffResponse verify(HandoffSecret token) {
        HandoffsRecord row = store.findByToken(database.sql(), token.digest(), now())
                .orElseThrow(() -> Failure.of(
                        Reason.REASON_UNAUTHENTICATED,
                        "The hand-over has ended. Show a new code on the other screen."));
        return VerifyHandoffResponse.newBuilder()
                .setHandoffId(row.getId().toString())
                .setUserId(row.getUserId())
                .setExpireTime(Protos.timestamp(row.getExpiresAt()))
                .build();
    }
}
