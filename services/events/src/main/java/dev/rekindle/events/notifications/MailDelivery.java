package dev.rekindle.events.notifications;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.rekindle.events.v1.Event;
import dev.rekindle.events.webhooks.Attempt;
import dev.rekindle.events.webhooks.Carrier;
import dev.rekindle.events.webhooks.Claimed;
import dev.rekindle.events.webhooks.Times;
import dev.rekindle.events.webhooks.Verdict;
import java.net.URI;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/** E-mail: to addresses that were confirmed, and the link that confirms one. */
final class MailDelivery implements Carrier {
    private final EmailStore store;
    private final @Nullable MailServer server;
    private final NotificationsConfig config;
    private final Clock clock;

    /** @param server null if there is no e-mail */
    MailDelivery(EmailStore store, @Nullable MailServer server, NotificationsConfig config, Clock clock) {
        this.store = store;
        this.server = server;
        this.config = config;
        this.clock = clock;
    }

    @Override
    public @Nullable String body(Event event) {
        return server == null ? null : Notices.body(event);
    }

    @Override
    public Attempt send(Claimed delivery) {
        EmailStore.Recipient to = store.recipient(delivery.webhookId());
        if (server == null || to == null) {
            return new Attempt.Refused(server == null ? "E-mail is switched off." : "The address is gone.");
        }
        JsonObject body = JsonParser.parseString(delivery.body()).getAsJsonObject();
        String type = body.get(Notices.TYPE).getAsString();
        boolean confirms = type.equals(EmailStore.CONFIRMATION);
        if (confirms != !to.confirmed() || (confirms && !Times.now(clock).isBefore(to.confirmUntil()))) {
            return new Attempt.Refused(confirms ? "There is nothing to confirm." : "The address is not confirmed.");
        }
        String id = "<" + delivery.eventId() + "." + delivery.webhookId() + "@"
                + config.publicUrl().getHost() + ">";
        return server.send(id, to.address(), letter(type, body, to));
    }

    private Letter letter(String type, JsonObject body, EmailStore.Recipient to) {
        if (type.equals(EmailStore.CONFIRMATION)) {
            return Letter.confirmation(config.page("/email#confirm=" + to.confirmToken()));
        }
        URI job = config.page("/jobs/" + body.get(Notices.JOB_ID).getAsString());
        Letter.Stop stop = new Letter.Stop(
                config.page("/email#unsubscribe=" + to.unsubscribeToken()),
                config.page("/v1/notifications/email/one-click?token=" + to.unsubscribeToken()));
        return type.equals(Notices.COMPLETED) ? Letter.completed(job, stop) : Letter.failed(job, stop);
    }

    @Override
    public Verdict judge(Attempt attempt) {
        return Verdict.of(attempt);
    }
}
