package dev.rekindle.events.webhooks;

import dev.rekindle.events.tables.tables.records.WebhookEndpointsRecord;
import java.time.OffsetDateTime;
import java.util.UUID;

/** The row of an endpoint that has not been sent anything. */
public final class EndpointRow {
    /** More tokens than any burst: claiming takes no more than the burst of them for there. */
    private static final int FULL = Integer.MAX_VALUE;

    private EndpointRow() {}

    /** A row that lacks what its owner sets: url, types and the like. */
    static WebhookEndpointsRecord fresh(UUID id, String userId, OffsetDateTime now, int burst) {
        WebhookEndpointsRecord row = new WebhookEndpointsRecord();
        row.setId(id);
        row.setUserId(userId);
        row.setKind(Kind.WEBHOOK.column());
        row.setDisabledReason("");
        row.setCreatedAt(now);
        row.setUpdatedAt(now);
        row.setFailureCount(0);
        row.setTokens((double) burst);
        row.setTokensAt(now);
        return row;
    }

    /** A row of a way to tell a person. */
    public static WebhookEndpointsRecord of(Kind kind, UUID id, String userId, String url, OffsetDateTime now) {
        WebhookEndpointsRecord row = fresh(id, userId, now, FULL);
        row.setKind(kind.column());
        row.setUrl(url);
        row.setTypes(new String[0]);
        row.setMilestonesPercent(new Integer[0]);
        row.setDescription("");
        row.setDisabled(false);
        return row;
    }
}
