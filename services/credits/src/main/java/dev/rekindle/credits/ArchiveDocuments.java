package dev.rekindle.credits;

import com.google.gson.JsonObject;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.JsonFormat;
import dev.rekindle.credits.tables.tables.records.PaymentsRecord;
import dev.rekindle.events.v1.Event;
import dev.rekindle.events.v1.ReadUserResponse;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.rpc.Failure;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What credits puts into a user's archive, as REST shows it: the account, the ledger, API keys without their secrets, what
 * was subscribed to and paid, the events the log still has, and how the user is notified. Long lists are read page by page.
 */
final class ArchiveDocuments {
    private static final int PAGE = 500;
    private static final JsonFormat.Printer JSON = JsonFormat.printer();

    private final Database database;
    private final Stores stores;
    private final Catalogue catalogue;
    private final ApiKeysConfig apiKeys;
    private final DataPeers peers;

    /** The tables that are read. */
    record Stores(LedgerStore ledger, ApiKeyStore keys, SubscriptionStore subscriptions, PaymentStore payments) {}

    ArchiveDocuments(Database database, Stores stores, Catalogue catalogue, ApiKeysConfig apiKeys, DataPeers peers) {
        this.database = database;
        this.stores = stores;
        this.catalogue = catalogue;
        this.apiKeys = apiKeys;
        this.peers = peers;
    }

    void write(Account account, DataPeers.Archive archive) throws InterruptedException {
        archive.document("account.json");
        archive.text(json(AccountView.of(account, catalogue)) + "\n");
        ledger(account, new Items(archive, "ledger.json"));
        Items keys = new Items(archive, "api_keys.json");
        for (ApiKeyRow key : database.query(sql -> stores.keys().list(sql, account.id()))) {
            keys.add(json(key.toMessage(apiKeys.callsPerMinute(account.tier()))));
        }
        keys.end();
        Items subscriptions = new Items(archive, "subscriptions.json");
        for (StripeFact.Subscribed one :
                database.query(sql -> stores.subscriptions().ofAccount(sql, account.id()))) {
            subscriptions.add(subscription(one).toString());
        }
        subscriptions.end();
        Items payments = new Items(archive, "payments.json");
        for (PaymentsRecord one : database.query(sql -> stores.payments().ofAccount(sql, account.id()))) {
            payments.add(payment(one).toString());
        }
        payments.end();
        events(account.userId(), archive);
    }

    private void ledger(Account account, Items items) throws InterruptedException {
        @Nullable Entry before = null;
        List<Entry> page;
        do {
            Entry from = before;
            page = database.query(sql -> stores.ledger().list(sql, account.id(), from, PAGE));
            for (Entry entry : page) {
                items.add(json(entry.toMessage()));
                before = entry;
            }
        } while (page.size() == PAGE);
        items.end();
    }

    private void events(String userId, DataPeers.Archive archive) throws InterruptedException {
        Items items = new Items(archive, "events.json");
        ReadUserResponse notifications = ReadUserResponse.getDefaultInstance();
        Iterator<ReadUserResponse> pages = peers.events(userId);
        while (pages.hasNext()) {
            ReadUserResponse page = pages.next();
            for (Event event : page.getEventsList()) {
                items.add(json(event));
            }
            if (page.hasNotifications()) {
                notifications = page.toBuilder().clearEvents().build();
            }
        }
        items.end();
        archive.document("notifications.json");
        archive.text(json(notifications) + "\n");
    }

    private static JsonObject subscription(StripeFact.Subscribed one) {
        JsonObject json = new JsonObject();
        json.addProperty("id", one.id());
        json.addProperty("tier", EnumNames.of(one.tier()));
        json.addProperty("interval", EnumNames.of(one.term()));
        json.addProperty("cents", one.cents());
        json.addProperty("status", one.status());
        json.addProperty("startTime", one.startedAt().toString());
        json.addProperty("periodEndTime", one.periodEnd().toString());
        return json;
    }

    private static JsonObject payment(PaymentsRecord one) {
        JsonObject json = new JsonObject();
        json.addProperty("id", one.getId());
        json.addProperty("kind", one.getKind());
        json.addProperty("cents", one.getCents());
        json.addProperty("credits", one.getCredits());
        json.addProperty("refundedCents", one.getRefundedCents());
        if (one.getPaidAt() != null) {
            json.addProperty("payTime", one.getPaidAt().toInstant().toString());
        }
        return json;
    }

    private static String json(MessageOrBuilder message) {
        try {
            return JSON.print(message);
        } catch (InvalidProtocolBufferException e) {
            throw Failure.internal("A message does not print.", e);
        }
    }

    /** A list in a document of its own. */
    private static final class Items {
        private final DataPeers.Archive archive;
        private boolean any;

        Items(DataPeers.Archive archive, String name) throws InterruptedException {
            this.archive = archive;
            archive.document(name);
            archive.text("[");
        }

        void add(String json) throws InterruptedException {
            archive.text(any ? ",\n" : "\n");
            archive.text(json);
            any = true;
        }

        void end() throws InterruptedException {
            archive.text(any ? "\n]\n" : "]\n");
        }
    }
}
