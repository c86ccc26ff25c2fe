package dev.rekindle.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.events.v1.ConfirmEmailAddressRequest;
import dev.rekindle.events.v1.EmailAddress;
import dev.rekindle.events.v1.Event;
import dev.rekindle.events.v1.GetNotificationSettingsRequest;
import dev.rekindle.events.v1.JobEvent;
import dev.rekindle.events.v1.NotificationSettings;
import dev.rekindle.events.v1.NotificationsServiceGrpc.NotificationsServiceBlockingStub;
import dev.rekindle.events.v1.SetEmailAddressRequest;
import dev.rekindle.events.v1.UnsubscribeEmailRequest;
import dev.rekindle.platform.rpc.Failures;
import dev.rekindle.testkit.Eventually;
import dev.rekindle.testkit.ManualClock;
import dev.rekindle.testkit.Servers;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.subethamail.smtp.RejectException;
import org.subethamail.smtp.auth.EasyAuthenticationHandlerFactory;
import org.subethamail.smtp.auth.LoginFailedException;
import org.subethamail.smtp.server.SMTPServer;

/** E-mail, from an address that is given to the letter that arrives, over a mail server that is not ours. */
@Tag("EV-06")
class MailIT {
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Arrived(String to, byte[] bytes) {
        MimeMessage message() {
            try {
                return new MimeMessage(Session.getInstance(new Properties()), new ByteArrayInputStream(bytes));
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        }

        String part(int index) throws Exception {
            return (String)
                    ((MimeMultipart) message().getContent()).getBodyPart(index).getContent();
        }

        String token(String action) throws Exception {
            Matcher link = Pattern.compile("https://photos\\.example\\.com/email#" + action + "=([A-Za-z0-9_-]{43})")
                    .matcher(part(0));
            assertThat(link.find()).as(part(0)).isTrue();
            return Objects.requireNonNull(link.group(1));
        }
    }

    private final String ann = Samples.newUser();
    private final String bob = Samples.newUser();
    private final ManualClock clock = new ManualClock(Instant.now());
    private final List<Arrived> arrived = new CopyOnWriteArrayList<>();
    private final AtomicInteger refused = new AtomicInteger();
    private volatile int refuseWith;

    @TempDir
    Path folder;

    private SMTPServer server;
    private EventsProcess process;
    private EventsProcess.Connection connection;

    @BeforeEach
    void start() throws Exception {
        SSLContext tls = SelfSigned.in(folder);
        server = SMTPServer.port(0)
                .bindAddress(InetAddress.getLoopbackAddress())
                .hostName("mail.test")
                .startTlsSocketFactory(tls)
                .enableTLS()
                .requireTLS()
                .requireAuth()
                .authenticationHandlerFactory(new EasyAuthenticationHandlerFactory((user, password, context) -> {
                    if (!user.equals("rekindle") || !password.equals("open sesame")) {
                        throw new LoginFailedException("No such user");
                    }
                }))
                .messageHandler((context, from, to, data) -> {
                    if (refuseWith > 0) {
                        refused.incrementAndGet();
                        throw new RejectException(refuseWith, "Not now, or never");
                    }
                    arrived.add(new Arrived(to, data));
                })
                .build();
        server.start();
        process = EventsProcess.start(
                Servers.databaseConfig("events"), settings(server.getPortAllocated()), tls.getSocketFactory(), clock);
        connection = process.connect();
    }

    private static Map<String, String> settings(int port) {
        return new HashMap<>(Map.of(
                "webhooks.poll", "20ms",
                "public_url", "https://photos.example.com",
                "email.host", "127.0.0.1",
                "email.port", String.valueOf(port),
                "email.user", "rekindle",
                "email.password", "open sesame",
                "email.from", "Rekindle <photos@example.com>",
                "email.confirmations_max", "3"));
    }

    @AfterEach
    void close() {
        connection.close();
        process.close();
        server.stop();
    }

    private NotificationsServiceBlockingStub as(String user) {
        return connection.notificationsOf(EventsProcess.user(user));
    }

    private EmailAddress set(String user, String address) {
        return as(user).setEmailAddress(
                        SetEmailAddressRequest.newBuilder().setAddress(address).build())
                .getEmail();
    }

    private NotificationSettings settingsOf(String user) {
        return as(user).getNotificationSettings(GetNotificationSettingsRequest.getDefaultInstance())
                .getSettings();
    }

    private void confirm(String token) {
        // By somebody else: the link opens in whatever browser it is followed in.
        as(bob).confirmEmailAddress(
                        ConfirmEmailAddressRequest.newBuilder().setToken(token).build());
    }

    private Arrived await(int count) {
        Eventually.holds(() -> assertThat(arrived).hasSize(count));
        return arrived.getLast();
    }

    private Event publish(String user, String jobId, String type) {
        Event event = Samples.event(user, type)
                .setJobId(jobId)
                .setJob(JobEvent.newBuilder().setJobType("RESTORATION"))
                .build();
        process.publish(event);
        return event;
    }

    private void confirmed(String user, String address) throws Exception {
        int before = arrived.size();
        set(user, address);
        confirm(await(before + 1).token("confirm"));
    }

    /** Waits until so many deliveries ended like that, and their end is kept. */
    private void awaitEnds(String end, int count) {
        Eventually.holds(() -> assertThat(process.telemetry()
                        .metrics()
                        .get("webhook_attempts_total")
                        .tags("kind", "email", "end", end)
                        .counter()
                        .count())
                .isEqualTo(count));
    }

    private static Reason reason(ThrowingCallable call) {
        return Failures.of(catchThrowable(call)).reason();
    }

    @Test
    void a_letter_is_sent_once_the_link_was_followed_and_ends_when_the_reader_wants() throws Exception {
        assertThat(settingsOf(ann).getEmailAvailable()).isTrue();
        set(bob, "bob@example.com");
        await(1);
        publish(bob, "job-0", "job.completed"); // before ann's, and nobody is told of it
        assertThat(set(ann, "ann@example.com").hasConfirmTime()).isFalse();
        Arrived link = await(2);
        assertThat(link.to()).isEqualTo("ann@example.com");
        assertThat(link.message().getHeader("List-Unsubscribe")).isNull();
        confirm(link.token("confirm"));
        confirm(link.token("confirm"));
        assertThat(settingsOf(ann).getEmail().hasConfirmTime()).isTrue();
        assertThat(set(ann, "ann@example.com").hasConfirmTime()).isTrue();

        process.publish(publish(ann, "job-1", "job.completed"));
        Arrived letter = await(3);
        assertThat(letter.message().getSubject()).isEqualTo("Your photo is ready");
        assertThat(letter.message().getFrom()[0]).hasToString("Rekindle <photos@example.com>");
        assertThat(letter.message().getContentType()).startsWith("multipart/alternative");
        assertThat(letter.part(0)).contains("https://photos.example.com/jobs/job-1");
        assertThat(letter.part(1)).contains("<a href=\"https://photos.example.com/jobs/job-1\">");
        assertThat(letter.message().getHeader("Auto-Submitted")).containsExactly("auto-generated");
        String token = letter.token("unsubscribe");
        assertThat(letter.message().getHeader("List-Unsubscribe"))
                .containsExactly("<https://photos.example.com/v1/notifications/email/one-click?token=" + token + ">");
        assertThat(letter.message().getHeader("List-Unsubscribe-Post")).containsExactly("List-Unsubscribe=One-Click");

        UnsubscribeEmailRequest end =
                UnsubscribeEmailRequest.newBuilder().setToken(token).build();
        as(bob).unsubscribeEmail(end);
        as(bob).unsubscribeEmail(end);
        assertThat(settingsOf(ann).hasEmail()).isFalse();
        publish(ann, "job-2", "job.failed");
        confirm(arrived.getFirst().token("confirm"));
        publish(bob, "job-b", "job.failed");
        assertThat(await(4).message().getSubject()).isEqualTo("A photo could not be done");
        assertThat(arrived.stream().filter(one -> one.to().equals("ann@example.com")))
                .hasSize(2);
    }

    @Test
    void what_the_server_takes_later_is_sent_later_as_the_same_letter() throws Exception {
        confirmed(ann, "ann@example.com");
        refuseWith = 451;
        Event event = publish(ann, "job-1", "job.completed");
        awaitEnds("retry", 1);
        refuseWith = 0;
        clock.advance(Duration.ofSeconds(61));
        await(2);
        assertThat(refused).hasValue(1);
        assertThat(await(2).message().getMessageID())
                .startsWith("<" + event.getId() + ".")
                .endsWith("@photos.example.com>");
    }

    @Test
    void what_the_server_never_takes_is_not_tried_again() throws Exception {
        confirmed(ann, "ann@example.com");
        refuseWith = 554;
        publish(ann, "job-1", "job.completed");
        awaitEnds("permanent", 1);
        refuseWith = 0;
        clock.advance(Duration.ofHours(1));
        publish(ann, "job-2", "job.completed");
        assertThat(await(2).part(0)).contains("/jobs/job-2");
        assertThat(refused).hasValue(1);
    }

    @Test
    void a_link_is_good_for_a_day_and_another_address_takes_the_place_of_the_first() throws Exception {
        set(ann, "ann@example.com");
        String late = await(1).token("confirm");
        awaitEnds("delivered", 1);
        clock.advance(Duration.ofHours(25));
        assertThat(reason(() -> confirm(late))).isEqualTo(Reason.REASON_NOT_FOUND);
        set(ann, "ann@example.com");
        String renewed = await(2).token("confirm");
        set(ann, "other@example.com");
        await(3);
        assertThat(reason(() -> confirm(renewed))).isEqualTo(Reason.REASON_NOT_FOUND);
        assertThat(settingsOf(ann).getEmail().getAddress()).isEqualTo("other@example.com");
    }

    @Test
    void nobody_has_links_sent_without_end() {
        set(ann, "a1@example.com");
        set(ann, "a1@example.com"); // within a minute it is the same call
        set(ann, "a2@example.com");
        set(ann, "a3@example.com");
        assertThat(reason(() -> set(ann, "a4@example.com"))).isEqualTo(Reason.REASON_RATE_LIMITED);
        for (int i = 0; i < 3; i++) {
            set(Samples.newUser(), "victim@example.com");
        }
        assertThat(reason(() -> set(bob, "victim@example.com"))).isEqualTo(Reason.REASON_RATE_LIMITED);
        clock.advance(Duration.ofHours(25));
        assertThat(set(bob, "victim@example.com").getAddress()).isEqualTo("victim@example.com");
    }

    @Test
    void what_is_no_address_is_refused() {
        for (String bad : List.of("ann", "ann@example.com\r\nBcc: x@example.com", "a@b@c", "")) {
            assertThat(reason(() -> set(ann, bad))).as(bad).isEqualTo(Reason.REASON_INVALID_REQUEST);
        }
    }

    @Test
    void a_server_without_tls_gets_neither_password_nor_letter() throws Exception {
        AtomicInteger logins = new AtomicInteger();
        AtomicInteger sessions = new AtomicInteger();
        SMTPServer plain = SMTPServer.port(0)
                .bindAddress(InetAddress.getLoopbackAddress())
                .showAuthCapabilitiesBeforeSTARTTLS(true)
                .authenticationHandlerFactory(
                        new EasyAuthenticationHandlerFactory((user, password, context) -> logins.incrementAndGet()))
                .sessionHandler(new org.subethamail.smtp.server.SessionHandler() {
                    @Override
                    public SessionAcceptance accept(org.subethamail.smtp.server.Session session) {
                        sessions.incrementAndGet();
                        return SessionAcceptance.success();
                    }

                    @Override
                    public void onSessionEnd(org.subethamail.smtp.server.Session session) {}
                })
                .messageHandler((context, from, to, data) -> arrived.add(new Arrived(to, data)))
                .build();
        plain.start();
        try (EventsProcess other = EventsProcess.start(
                        Servers.databaseConfig("events"), settings(plain.getPortAllocated()), clock);
                EventsProcess.Connection own = other.connect()) {
            own.notificationsOf(EventsProcess.user(ann))
                    .setEmailAddress(SetEmailAddressRequest.newBuilder()
                            .setAddress("ann@example.com")
                            .build());
            Eventually.holds(() -> {
                clock.advance(Duration.ofMinutes(1));
                assertThat(sessions).hasValueGreaterThan(1);
            });
        } finally {
            plain.stop();
        }
        assertThat(logins).hasValue(0);
        assertThat(arrived).isEmpty();
    }
}
