package dev.rekindle.embedded.stripe;

import static dev.rekindle.embedded.stripe.StripeShapes.number;
import static dev.rekindle.embedded.stripe.StripeShapes.text;

import com.google.gson.JsonObject;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;

/** The part of Stripe's API that a shop with plans and top-ups uses. */
final class StripeRoutes {
    private static final long PAGE_MAX = 100;

    private final StripeObjects store;
    private final StripeBooks books;
    private final Clock clock;
    private final String endpoint;

    StripeRoutes(StripeObjects store, StripeBooks books, Clock clock, String endpoint) {
        this.store = store;
        this.books = books;
        this.clock = clock;
        this.endpoint = endpoint;
    }

    /** Answers a call whose key is good. */
    JsonObject answer(String method, String path, StripeForm form) {
        String[] parts = path.substring("/v1/".length()).split("/", -1);
        String id = parts[parts.length - 1];
        return switch (method + " " + kind(parts)) {
            case "POST customers" -> made(StripeShapes.customer(store.newId("cus"), form, clock.instant()));
            case "GET customers/*", "GET subscriptions/*", "GET payment_intents/*", "GET refunds/*", "GET events/*" ->
                find(id);
            case "GET prices" -> prices(form);
            case "POST prices" ->
                made(StripeShapes.price(store.newId("price"), store.newId("prod"), form, clock.instant()));
            case "POST checkout/sessions" -> checkout(form);
            case "GET checkout/*" -> find(id);
            case "POST checkout/*/expire" -> books.expire(parts[2]);
            case "POST billing_portal/sessions" -> portal(form);
            case "POST subscriptions/*" -> update(id, form);
            case "DELETE subscriptions/*" -> books.end(id);
            case "DELETE customers/*" -> books.forget(id);
            case "GET events" -> events(form);
            case "POST refunds" -> refund(form);
            case String other ->
                throw new StripeError(
                        404, "invalid_request_error", "url_invalid", "Unrecognized request URL (" + other + ").");
        };
    }

    /** A path without the id in it. */
    private static String kind(String[] parts) {
        boolean nested = parts[0].equals("checkout") || parts[0].equals("billing_portal");
        if (parts.length == 1) {
            return parts[0];
        }
        if (nested && parts.length == 4) {
            return parts[0] + "/*/" + parts[3];
        }
        return nested && parts.length == 2 ? parts[0] + "/" + parts[1] : parts[0] + "/*";
    }

    private JsonObject find(String id) {
        return store.events().stream()
                .filter(event -> text(event, "id").equals(id))
                .findFirst()
                .orElseGet(() -> store.get(id));
    }

    private JsonObject made(JsonObject object) {
        store.put(object);
        store.save();
        return object;
    }

    private JsonObject prices(StripeForm form) {
        String wanted = form.text("lookup_keys[0]", "");
        List<JsonObject> found = store.all(
                "price", price -> wanted.isEmpty() || text(price, "lookup_key").equals(wanted));
        return StripeShapes.list(found, false, "/v1/prices");
    }

    private JsonObject checkout(StripeForm form) {
        store.get(form.text("customer"));
        boolean plan = form.text("mode").equals("subscription");
        String id = store.newId("cs_test");
        long total = plan
                ? number(store.get(form.text("line_items[0][price]")), "unit_amount")
                : form.number("line_items[0][price_data][unit_amount]") * form.number("line_items[0][quantity]");
        JsonObject session = StripeShapes.session(id, form, total, endpoint + "/pay/" + id, clock.instant());
        // Not Stripe's: what paying makes, and what the page shows.
        session.addProperty("pays_for_price", form.text("line_items[0][price]", ""));
        session.addProperty(
                "pays_for",
                plan
                        ? text(store.get(form.text("line_items[0][price]")), "nickname")
                        : form.text("line_items[0][price_data][product_data][name]"));
        session.add("pays_with_metadata", form.below("payment_intent_data[metadata]"));
        return made(session);
    }

    private JsonObject portal(StripeForm form) {
        store.get(form.text("customer"));
        String id = store.newId("bps");
        return made(StripeShapes.portal(id, form, endpoint + "/portal/" + id, clock.instant()));
    }

    private JsonObject update(String id, StripeForm form) {
        if (form.has("items[0][price]")) {
            books.changePlan(id, form.text("items[0][price]"));
        }
        if (form.has("cancel_at_period_end")) {
            books.setEnding(id, form.text("cancel_at_period_end").equals("true"));
        }
        return store.get(id);
    }

    private JsonObject refund(StripeForm form) {
        String intent = form.text("payment_intent");
        JsonObject charge = store.get(text(store.get(intent), "latest_charge"));
        long left = number(charge, "amount") - number(charge, "amount_refunded");
        return books.refund(intent, form.number("amount", left));
    }

    /** Newest first. */
    private JsonObject events(StripeForm form) {
        long since = form.number("created[gte]", 0);
        long limit = Math.min(PAGE_MAX, form.number("limit", 10));
        String after = form.text("starting_after", "");
        List<JsonObject> page = new ArrayList<>();
        boolean begun = after.isEmpty();
        boolean more = false;
        for (JsonObject event : store.events().reversed()) {
            if (begun && number(event, "created") >= since) {
                if (page.size() == limit) {
                    more = true;
                    break;
                }
                page.add(event);
            }
            begun = begun || text(event, "id").equals(after);
        }
        return StripeShapes.list(page, more, "/v1/events");
    }
}
