package dev.rekindle.embedded.stripe;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import java.time.Instant;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** Objects in the shapes of the API version that stripe-java pins. Times are seconds. */
final class StripeShapes {
    /** The version whose shapes these are. */
    static final String API_VERSION = "2026-07-29.dahlia";

    static final String CURRENCY = "usd";

    private StripeShapes() {}

    static String text(JsonObject object, String key) {
        JsonElement value = object.get(key);
        return value == null || value.isJsonNull() ? "" : value.getAsString();
    }

    static long number(JsonObject object, String key) {
        JsonElement value = object.get(key);
        return value == null || value.isJsonNull() ? 0 : value.getAsLong();
    }

    private static JsonObject object(String id, String kind, Instant now) {
        JsonObject made = new JsonObject();
        made.addProperty("id", id);
        made.addProperty("object", kind);
        made.addProperty("created", now.getEpochSecond());
        made.addProperty("livemode", false);
        return made;
    }

    static JsonObject list(Iterable<JsonObject> data, boolean more, String url) {
        JsonArray array = new JsonArray();
        data.forEach(array::add);
        JsonObject list = new JsonObject();
        list.addProperty("object", "list");
        list.add("data", array);
        list.addProperty("has_more", more);
        list.addProperty("url", url);
        return list;
    }

    static JsonObject customer(String id, StripeForm form, Instant now) {
        JsonObject customer = object(id, "customer", now);
        customer.addProperty("description", form.text("description", ""));
        customer.add("metadata", form.below("metadata"));
        return customer;
    }

    static JsonObject price(String id, String product, StripeForm form, Instant now) {
        JsonObject price = object(id, "price", now);
        price.addProperty("active", true);
        price.addProperty("billing_scheme", "per_unit");
        price.addProperty("currency", form.text("currency"));
        price.addProperty("lookup_key", form.text("lookup_key", ""));
        price.add("metadata", form.below("metadata"));
        price.addProperty("product", product);
        JsonObject recurring = new JsonObject();
        recurring.addProperty("interval", form.text("recurring[interval]"));
        recurring.addProperty("interval_count", 1);
        recurring.addProperty("usage_type", "licensed");
        price.add("recurring", recurring);
        price.addProperty("type", "recurring");
        price.addProperty("unit_amount", form.number("unit_amount"));
        price.addProperty("unit_amount_decimal", form.text("unit_amount"));
        // Not Stripe's: what the page shows.
        price.addProperty("nickname", form.text("product_data[name]", "Plan"));
        return price;
    }

    static JsonObject session(String id, StripeForm form, long total, String url, Instant now) {
        JsonObject session = object(id, "checkout.session", now);
        session.addProperty("amount_subtotal", total);
        session.addProperty("amount_total", total);
        session.addProperty("cancel_url", form.text("cancel_url", ""));
        session.addProperty("client_reference_id", form.text("client_reference_id", ""));
        session.addProperty("currency", CURRENCY);
        session.addProperty("customer", form.text("customer"));
        session.addProperty("expires_at", now.getEpochSecond() + 24 * 3600);
        session.add("metadata", form.below("metadata"));
        session.addProperty("mode", form.text("mode"));
        session.add("payment_intent", JsonNull.INSTANCE);
        session.addProperty("payment_status", "unpaid");
        session.addProperty("status", "open");
        session.add("subscription", JsonNull.INSTANCE);
        session.addProperty("success_url", form.text("success_url"));
        session.addProperty("url", url);
        return session;
    }

    static JsonObject paymentIntent(String id, String customer, long cents, JsonObject metadata, Instant now) {
        JsonObject intent = object(id, "payment_intent", now);
        intent.addProperty("amount", cents);
        intent.addProperty("amount_received", cents);
        intent.addProperty("currency", CURRENCY);
        intent.addProperty("customer", customer);
        intent.add("metadata", metadata);
        intent.addProperty("status", "succeeded");
        return intent;
    }

    static JsonObject charge(String id, JsonObject intent, Instant now) {
        JsonObject charge = object(id, "charge", now);
        charge.addProperty("amount", number(intent, "amount"));
        charge.addProperty("amount_captured", number(intent, "amount"));
        charge.addProperty("amount_refunded", 0);
        charge.addProperty("captured", true);
        charge.addProperty("currency", CURRENCY);
        charge.addProperty("customer", text(intent, "customer"));
        charge.addProperty("disputed", false);
        charge.add("metadata", intent.get("metadata").deepCopy());
        charge.addProperty("paid", true);
        charge.addProperty("payment_intent", text(intent, "id"));
        charge.addProperty("refunded", false);
        charge.addProperty("status", "succeeded");
        return charge;
    }

    static JsonObject subscription(String id, String itemId, String customer, JsonObject price, Instant now) {
        JsonObject item = object(itemId, "subscription_item", now);
        item.add("metadata", new JsonObject());
        item.add("price", price.deepCopy());
        setPeriod(item, now);
        item.addProperty("quantity", 1);
        item.addProperty("subscription", id);
        JsonObject subscription = object(id, "subscription", now);
        subscription.addProperty("billing_cycle_anchor", now.getEpochSecond());
        JsonObject mode = new JsonObject();
        mode.addProperty("type", "flexible");
        subscription.add("billing_mode", mode);
        subscription.add("cancel_at", JsonNull.INSTANCE);
        subscription.addProperty("cancel_at_period_end", false);
        subscription.add("canceled_at", JsonNull.INSTANCE);
        subscription.addProperty("collection_method", "charge_automatically");
        subscription.addProperty("currency", CURRENCY);
        subscription.addProperty("customer", customer);
        subscription.add("ended_at", JsonNull.INSTANCE);
        subscription.add("items", list(java.util.List.of(item), false, "/v1/subscription_items?subscription=" + id));
        subscription.add("latest_invoice", JsonNull.INSTANCE);
        subscription.add("metadata", new JsonObject());
        subscription.addProperty("start_date", now.getEpochSecond());
        subscription.addProperty("status", "incomplete");
        return subscription;
    }

    /** Lets a period of an item begin; its price says how long it is. */
    static void setPeriod(JsonObject item, Instant start) {
        int months = interval(item.getAsJsonObject("price")).equals("year") ? 12 : 1;
        Instant end = start.atZone(ZoneOffset.UTC).plusMonths(months).toInstant();
        item.addProperty("current_period_start", start.getEpochSecond());
        item.addProperty("current_period_end", end.getEpochSecond());
    }

    /** {@code month} or {@code year}. */
    static String interval(JsonObject price) {
        return text(price.getAsJsonObject("recurring"), "interval");
    }

    static JsonObject item(JsonObject subscription) {
        return subscription
                .getAsJsonObject("items")
                .getAsJsonArray("data")
                .get(0)
                .getAsJsonObject();
    }

    static JsonObject invoice(String id, JsonObject subscription, long cents, String reason, Instant now) {
        JsonObject invoice = object(id, "invoice", now);
        invoice.addProperty("amount_due", cents);
        invoice.addProperty("amount_paid", 0);
        invoice.addProperty("billing_reason", reason);
        invoice.addProperty("currency", CURRENCY);
        invoice.addProperty("customer", text(subscription, "customer"));
        JsonObject details = new JsonObject();
        details.addProperty("subscription", text(subscription, "id"));
        details.add("metadata", new JsonObject());
        JsonObject parent = new JsonObject();
        parent.addProperty("type", "subscription_details");
        parent.add("subscription_details", details);
        invoice.add("parent", parent);
        invoice.add("metadata", new JsonObject());
        invoice.addProperty("status", "open");
        invoice.addProperty("total", cents);
        return invoice;
    }

    static JsonObject refund(String id, JsonObject charge, long cents, Instant now) {
        JsonObject refund = object(id, "refund", now);
        refund.addProperty("amount", cents);
        refund.addProperty("charge", text(charge, "id"));
        refund.addProperty("currency", CURRENCY);
        refund.add("metadata", new JsonObject());
        refund.addProperty("payment_intent", text(charge, "payment_intent"));
        refund.addProperty("status", "succeeded");
        return refund;
    }

    static JsonObject dispute(String id, JsonObject charge, Instant now) {
        JsonObject dispute = object(id, "dispute", now);
        dispute.addProperty("amount", number(charge, "amount"));
        dispute.addProperty("charge", text(charge, "id"));
        dispute.addProperty("currency", CURRENCY);
        dispute.addProperty("is_charge_refundable", false);
        dispute.add("metadata", new JsonObject());
        dispute.addProperty("payment_intent", text(charge, "payment_intent"));
        dispute.addProperty("reason", "fraudulent");
        dispute.addProperty("status", "needs_response");
        return dispute;
    }

    static JsonObject portal(String id, StripeForm form, String url, Instant now) {
        JsonObject portal = object(id, "billing_portal.session", now);
        portal.addProperty("customer", form.text("customer"));
        portal.addProperty("return_url", form.text("return_url", ""));
        portal.addProperty("url", url);
        // Not Stripe's: what the page is for.
        portal.addProperty("flow_subscription", form.text("flow_data[subscription_update_confirm][subscription]", ""));
        portal.addProperty("flow_price", form.text("flow_data[subscription_update_confirm][items][0][price]", ""));
        return portal;
    }

    static JsonObject event(String id, String type, JsonObject object, @Nullable JsonObject previous, Instant now) {
        JsonObject event = object(id, "event", now);
        event.addProperty("api_version", API_VERSION);
        JsonObject data = new JsonObject();
        data.add("object", object.deepCopy());
        if (previous != null) {
            data.add("previous_attributes", previous);
        }
        event.add("data", data);
        event.addProperty("pending_webhooks", 1);
        JsonObject request = new JsonObject();
        request.add("id", JsonNull.INSTANCE);
        request.add("idempotency_key", JsonNull.INSTANCE);
        event.add("request", request);
        event.addProperty("type", type);
        return event;
    }
}
