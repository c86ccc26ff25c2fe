package dev.rekindle.events.webhooks;

import java.util.List;
import java.util.UUID;

/**
 * A delivery that is ours until its lease ends.
 *
 * @param webhookId the endpoint, of whichever kind
 * @param attempt the number of the claim; whoever reports names it, and only the last one counts
 * @param triesLeft how many more are left if this one counts as failed, plus this one
 * @param secrets all that sign, the newest first
 * @param body what is sent
 */
public record Claimed(
        UUID id,
        UUID webhookId,
        Kind kind,
        int attempt,
        int triesLeft,
        String url,
        List<String> secrets,
        UUID eventId,
        String body) {}
