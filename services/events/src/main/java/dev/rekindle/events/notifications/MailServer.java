package dev.rekindle.events.notifications;

import dev.rekindle.events.webhooks.Attempt;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeBodyPart;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.time.Clock;
import java.time.Duration;
import java.util.Date;
import java.util.Properties;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocketFactory;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.eclipse.angus.mail.smtp.SMTPSenderFailedException;
import org.jspecify.annotations.Nullable;

/** The server that takes our e-mail (SMTP submission): a connection a letter, a few at once. */
final class MailServer implements AutoCloseable {
    private static final int TEXT_LENGTH_MAX = 500;

    private final NotificationsConfig.Email config;
    private final Session session;
    private final Semaphore connections;
    private final Duration wholeMax;
    private final Clock clock;
    private final ScheduledExecutorService deadlines = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().name("mail-deadlines").factory());

    /**
     * @param wholeMax how long sending one letter may take, waiting for a connection included
     * @param tls how TLS is spoken; null as this JDK does
     */
    MailServer(NotificationsConfig.Email config, Duration wholeMax, @Nullable SSLSocketFactory tls, Clock clock) {
        this.config = config;
        this.wholeMax = wholeMax;
        this.clock = clock;
        this.connections = new Semaphore(config.connectionsMax());
        this.session = Session.getInstance(properties(config.server(), tls));
    }

    private static Properties properties(NotificationsConfig.Server server, @Nullable SSLSocketFactory tls) {
        Properties properties = new Properties();
        properties.setProperty("mail.smtp.auth", String.valueOf(!server.user().isEmpty()));
        properties.setProperty(
                "mail.smtp.connectiontimeout",
                String.valueOf(server.connectMax().toMillis()));
        properties.setProperty(
                "mail.smtp.timeout", String.valueOf(server.answerMax().toMillis()));
        properties.setProperty("mail.smtp.ssl.checkserveridentity", "true");
        switch (server.security()) {
            case STARTTLS -> {
                properties.setProperty("mail.smtp.starttls.enable", "true");
                properties.setProperty("mail.smtp.starttls.required", "true");
            }
            case TLS -> properties.setProperty("mail.smtp.ssl.enable", "true");
            case NONE -> properties.setProperty("mail.smtp.starttls.enable", "false");
        }
        if (tls != null) {
            properties.put("mail.smtp.ssl.socketFactory", tls);
        }
        return properties;
    }

    /**
     * Hands a letter over, once. To be called on a virtual thread, where an interrupt breaks off what waits for a socket.
     *
     * @param id the same at every attempt, so that who gets it twice can tell
     */
    Attempt send(String id, String to, Letter letter) {
        Thread sender = Thread.currentThread();
        // Time-outs of sockets count from answer to answer; the whole has an end as well.
        Future<?> deadline = deadlines.schedule(sender::interrupt, wholeMax.toMillis(), TimeUnit.MILLISECONDS);
        boolean connected = false;
        try {
            connections.acquire();
            connected = true;
            deliver(message(id, to, letter));
            return new Attempt.Replied(250, "");
        } catch (InterruptedException e) {
            return new Attempt.Unreachable("There was no connection within " + wholeMax.toMillis() + " ms.", false);
        } catch (MessagingException e) {
            return ended(e);
        } finally {
            if (connected) {
                connections.release();
            }
            deadline.cancel(false);
            boolean _ = Thread.interrupted(); // was meant for the sending, and what follows must not hear of it
        }
    }

    private void deliver(MimeMessage message) throws MessagingException {
        NotificationsConfig.Server server = config.server();
        String user = server.user().isEmpty() ? null : server.user();
        Transport transport = session.getTransport("smtp");
        try {
            transport.connect(
                    server.host(),
                    server.port(),
                    user,
                    user == null ? null : server.password().reveal());
            transport.sendMessage(message, message.getAllRecipients());
        } finally {
            close(transport);
        }
    }

    private static void close(Transport transport) {
        try {
            transport.close();
        } catch (MessagingException e) {
            // What was taken is taken, however the goodbye went.
        }
    }

    private MimeMessage message(String id, String to, Letter letter) throws MessagingException {
        MimeMessage message = new MimeMessage(session) {
            @Override
            protected void updateMessageID() throws MessagingException {
                setHeader("Message-ID", id);
            }
        };
        message.setFrom(new InternetAddress(config.from(), true));
        message.setRecipient(Message.RecipientType.TO, new InternetAddress(to, true));
        message.setSubject(letter.subject(), "UTF-8");
        message.setSentDate(Date.from(clock.instant()));
        message.setHeader("Auto-Submitted", "auto-generated");
        Letter.Stop stop = letter.stop();
        if (stop != null) {
            message.setHeader("List-Unsubscribe", "<" + stop.oneClick() + ">");
            message.setHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click");
        }
        MimeBodyPart text = new MimeBodyPart();
        text.setText(letter.text(), "UTF-8");
        MimeBodyPart html = new MimeBodyPart();
        html.setText(letter.html(), "UTF-8", "html");
        Multipart both = new MimeMultipart("alternative", text, html);
        message.setContent(both);
        message.saveChanges();
        return message;
    }

    /** By the server's word where it said one. */
    private static Attempt ended(MessagingException e) {
        for (Exception cause = e; cause != null; cause = next(cause)) {
            int code = switch (cause) {
                case SMTPAddressFailedException address -> address.getReturnCode();
                case SMTPSenderFailedException sender -> sender.getReturnCode();
                case SMTPSendFailedException send -> send.getReturnCode();
                case Exception _ -> 0;
            };
            if (code >= 400) {
                return new Attempt.Replied(code, trimmed(cause));
            }
        }
        return new Attempt.Unreachable(trimmed(e), false);
    }

    private static @Nullable Exception next(Exception e) {
        return e instanceof MessagingException messaging ? messaging.getNextException() : null;
    }

    private static String trimmed(Exception e) {
        String text = (e.getClass().getSimpleName() + ": " + e.getMessage()).replace('\0', '\ufffd');
        return text.length() > TEXT_LENGTH_MAX ? text.substring(0, TEXT_LENGTH_MAX) : text;
    }

    @Override
    public void close() {
        deadlines.shutdownNow();
    }
}
