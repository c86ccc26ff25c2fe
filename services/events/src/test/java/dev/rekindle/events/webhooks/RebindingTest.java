package dev.rekindle.events.webhooks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.platform.net.AddressGuard;
import java.net.InetAddress;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Deliveries go to the address that was checked. Nothing here connects to anything. */
@Tag("EV-04")
class RebindingTest {
    @Test
    void a_name_is_looked_up_once_a_connection_so_that_its_next_answer_does_not_count() throws Exception {
        AtomicInteger lookups = new AtomicInteger();
        AddressGuard guard = new AddressGuard(List.of(), host -> {
            lookups.incrementAndGet();
            return new InetAddress[] {InetAddress.ofLiteral("169.254.169.254")};
        });
        WebhooksConfig.Sending sending = new WebhooksConfig.Sending(
                Duration.ofSeconds(1), 1, Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofSeconds(4));
        try (PostDelivery post = new PostDelivery(guard, sending, Clock.systemUTC())) {
            for (String url : List.of("https://rebinding.example.com/", "https://127.0.0.1/", "https://[::1]:8443/")) {
                Attempt attempt = new WebhookCarrier(post, Clock.systemUTC())
                        .send(new Claimed(
                                new UUID(0, 1),
                                new UUID(0, 2),
                                Kind.WEBHOOK,
                                1,
                                6,
                                url,
                                List.of("whsec_AAAA"),
                                new UUID(0, 3),
                                "{}"));
                assertThat(attempt).as(url).isInstanceOf(Attempt.Refused.class);
                assertThat(Verdict.of(attempt)).isEqualTo(new Verdict.Permanent());
            }
        }
        assertThat(lookups).hasValue(3);
    }
}
