package dev.rekindle.events.notifications;

import dev.rekindle.events.v1.EmailAddress;
import dev.rekindle.events.v1.NotificationSettings;
import dev.rekindle.events.v1.PushSubscription;
import dev.rekindle.events.webhooks.DeliveryStore;
import dev.rekindle.events.webhooks.PostDelivery;
import dev.rekindle.events.webhooks.UrlRules;
import dev.rekindle.events.webhooks.Webhooks;
import dev.rekindle.events.webhooks.WebhooksConfig;
import dev.rekindle.platform.Closer;
import dev.rekindle.platform.Ids;
import dev.rekindle.platform.Loop;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.net.AddressGuard;
import io.grpc.ServerServiceDefinition;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/** All of push and e-mail: the graph, and the ways it adds to the deliveries of webhooks. */
public final class Notifications implements AutoCloseable {
    private static final Duration TRIM_INTERVAL = Duration.ofMinutes(10);
    private static final int TOKEN_BYTES = 32;
    /** Of a lease, which is four times as long as an answer of HTTP may take. */
    private static final int MAIL_ANSWERS_MAX = 3;

    /** The stores of a graph. */
    private record Stores(PreferencesStore preferences, PushStore push, EmailStore email) {}

    private final Closer closer;
    private final NotificationsConfig config;
    private final Stores stores;
    private final UrlRules rules;
    private final Webhooks.Ways ways;

    private Notifications(
            Closer closer, NotificationsConfig config, Stores stores, UrlRules rules, Webhooks.Ways ways) {
        this.closer = closer;
        this.config = config;
        this.stores = stores;
        this.rules = rules;
        this.ways = ways;
    }

    /**
     * Opens what sends. Deliveries are made and claimed by webhooks.
     *
     * @param sending what holds for every delivery: where it may go, and how long it may take
     * @param mailTls how TLS is spoken to the mail server; null as this JDK does
     */
    public static Notifications open(
            NotificationsConfig config,
            WebhooksConfig sending,
            Database database,
            @Nullable SSLSocketFactory mailTls,
            Clock clock) {
        Closer closer = new Closer();
        Ids ids = Ids.timeOrdered();
        SecureRandom random = new SecureRandom();
        DeliveryStore deliveries =
                new DeliveryStore(database, ids, clock, sending.endpoints().waitingMax());
        Stores stores = new Stores(
                new PreferencesStore(database, clock),
                new PushStore(database, ids, clock, config.push().perUserMax()),
                new EmailStore(
                        database,
                        deliveries,
                        ids,
                        clock,
                        () -> token(random),
                        config.email().confirmationsMax()));
        AddressGuard guard = new AddressGuard(sending.targets().allowed(), InetAddress::getAllByName);
        PostDelivery post = closer.add(new PostDelivery(guard, sending.sending(), clock));
        VapidKeys keys = config.push().isOn() ? VapidKeys.of(config.push(), clock) : null;
        Duration mailMax = sending.sending().answerMax().multipliedBy(MAIL_ANSWERS_MAX);
        MailServer server =
                config.email().isOn() ? closer.add(new MailServer(config.email(), mailMax, mailTls, clock)) : null;
        closer.add(Loop.start("notifications-trim", TRIM_INTERVAL, () -> {
            stores.email().trim();
            return false;
        }));
        return new Notifications(
                closer,
                config,
                stores,
                new UrlRules("endpoint", sending.targets(), guard),
                new Webhooks.Ways(
                        new PushDelivery(
                                stores.push(), post, keys, config.push().life(), random),
                        new MailDelivery(stores.email(), server, config, clock)));
    }

    private static String token(SecureRandom random) {
        byte[] bytes = new byte[TOKEN_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** What webhooks send by besides their own. */
    public Webhooks.Ways ways() {
        return ways;
    }

    /**
     * The RPCs.
     *
     * @param onDue has deliveries looked for
     */
    public ServerServiceDefinition service(Runnable onDue) {
        return new NotificationsService(this, onDue).define();
    }

    /** How a user is told, and what this server can do. */
    public NotificationSettings settings(String userId) {
        NotificationSettings.Builder settings = NotificationSettings.newBuilder()
                .setPreferences(stores.preferences().get(userId))
                .setPushPublicKey(config.push().publicKey())
                .setEmailAvailable(mails());
        EmailAddress email = stores.email().get(userId);
        if (email != null) {
            settings.setEmail(email);
        }
        return settings.build();
    }

    /** The browsers of a user. */
    public List<PushSubscription> pushSubscriptions(String userId) {
        return stores.push().list(userId);
    }

    /** Erases what is kept of a user here, less the endpoints, which webhooks erase. */
    public void erase(String userId) {
        stores.preferences().erase(userId);
        stores.email().erase(userId);
    }

    PreferencesStore preferences() {
        return stores.preferences();
    }

    PushStore pushStore() {
        return stores.push();
    }

    EmailStore emailStore() {
        return stores.email();
    }

    UrlRules rules() {
        return rules;
    }

    boolean pushes() {
        return config.push().isOn();
    }

    boolean mails() {
        return config.email().isOn();
    }

    @Override
    public void close() {
        closer.close();
    }
}
