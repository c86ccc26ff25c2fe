package dev.rekindle.credits;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import dev.rekindle.credits.tables.tables.records.StripeEventsRecord;
import dev.rekindle.platform.db.Database;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Takes the person out of what Stripe told of erased accounts. Ids, amounts and times stay, so that the books can still be
 * followed to what was told. What is told later of an account that is erased already goes the same way.
 */
final class ScrubStripeEvents {
    private static final int BATCH = 100;

    /** Names under which Stripe has what is a person's. */
    private static final Set<String> PERSONAL = Set.of(
            "account_name",
            "address",
            "billing_details",
            "collected_information",
            "custom_fields",
            "customer_address",
            "customer_details",
            "customer_email",
            "customer_name",
            "customer_phone",
            "customer_shipping",
            "customer_tax_ids",
            "description",
            "email",
            "evidence",
            "hosted_invoice_url",
            "invoice_pdf",
            "name",
            "payment_method_details",
            "phone",
            "receipt_email",
            "receipt_url",
            "shipping",
            "shipping_details",
            "tax_ids",
            "url");

    private final Database database;
    private final StripeEventStore events;
    private final Clock clock;

    ScrubStripeEvents(Database database, StripeEventStore events, Clock clock) {
        this.database = database;
        this.events = events;
        this.clock = clock;
    }

    /** Scrubs a batch of what was told of one account. True if there may be more. */
    boolean account(UUID accountId) {
        return all(database.query(sql -> events.unscrubbed(sql, accountId, BATCH)));
    }

    /** Scrubs a batch of what was told of accounts that are erased. True if there may be more. */
    boolean late() {
        return all(database.query(sql -> events.unscrubbed(sql, BATCH)));
    }

    private boolean all(List<StripeEventsRecord> batch) {
        batch.forEach(event -> database.query(sql -> {
            events.scrubbed(sql, event.getId(), without(event.getPayload()), Times.now(clock));
            return true;
        }));
        return batch.size() == BATCH;
    }

    static byte[] without(byte[] payload) {
        try {
            JsonElement json = JsonParser.parseString(new String(payload, StandardCharsets.UTF_8));
            scrub(json);
            return json.toString().getBytes(StandardCharsets.UTF_8);
        } catch (JsonParseException e) {
            return "{}".getBytes(StandardCharsets.UTF_8); // what cannot be read cannot be kept
        }
    }

    private static void scrub(JsonElement json) {
        if (json instanceof JsonObject object) {
            object.keySet().removeIf(PERSONAL::contains);
            object.asMap().values().forEach(ScrubStripeEvents::scrub);
        } else if (json instanceof JsonArray array) {
            array.forEach(ScrubStripeEvents::scrub);
        }
    }
}
