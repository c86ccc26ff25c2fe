package dev.rekindle.embedded.stripe;

import static dev.rekindle.embedded.stripe.StripeShapes.number;
import static dev.rekindle.embedded.stripe.StripeShapes.text;

import com.google.gson.JsonObject;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The two pages people see: a checkout that can be "paid", and the one for a subscription. Both say what they are. */
final class StripePages {
    private static final String FRAME = """
            <!doctype html><html lang="en"><head><meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1"><title>%1$s</title>
            <style>
            body{margin:0;font:18px/1.5 system-ui,sans-serif;background:#f6f3ee;color:#2b2018}
            .mode{background:#b3261e;color:#fff;text-align:center;font-weight:700;padding:12px}
            main{max-width:32rem;margin:8vh auto;padding:2rem;background:#fff;border-radius:1.25rem}
            h1{margin:0 0 .25rem;font-size:1.4rem}.amount{font-size:2.4rem;font-weight:700;margin:.5rem 0 1.5rem}
            button{font:inherit;font-weight:600;padding:.8rem 1.4rem;border-radius:.8rem;border:1px solid #2b2018;
            background:#fff;color:inherit;cursor:pointer;margin:0 .5rem .5rem 0}
            button.main{background:#2b2018;color:#fff}
            </style></head><body><p class="mode" role="note">TEST MODE: no money moves and no card is asked for</p>
            <main>%2$s</main></body></html>
            """;

    private StripePages() {}

    static String checkout(JsonObject session) {
        String what = escape(text(session, "pays_for"));
        if (!text(session, "status").equals("open")) {
            String end = text(session, "status").equals("expired")
                    ? "This checkout has ended; nothing was paid."
                    : "This checkout is done.";
            return FRAME.formatted("Checkout", "<h1>" + what + "</h1><p>" + end + "</p>");
        }
        return FRAME.formatted(
                "Checkout",
                "<h1>" + what + "</h1><p class=\"amount\">" + dollars(number(session, "amount_total")) + "</p>"
                        + "<form method=\"post\"><button class=\"main\" name=\"do\" value=\"pay\">Pay (test)</button>"
                        + "<button name=\"do\" value=\"back\">Back without paying</button></form>");
    }

    /**
     * The page of a subscription.
     *
     * @param price the plan to confirm; null where there is none
     * @param due cents that are taken with it
     */
    static String portal(@Nullable JsonObject subscription, @Nullable JsonObject price, long due) {
        StringBuilder body = new StringBuilder("<h1>Your subscription</h1>");
        if (subscription == null) {
            body.append("<p>There is none.</p><form method=\"post\">");
        } else {
            JsonObject own = StripeShapes.item(subscription).getAsJsonObject("price");
            boolean ending = subscription.get("cancel_at_period_end").getAsBoolean();
            body.append("<p>")
                    .append(escape(text(own, "nickname")))
                    .append(", ")
                    .append(dollars(number(own, "unit_amount")))
                    .append(" a ")
                    .append(escape(StripeShapes.interval(own)))
                    .append(ending ? "; it ends with its period" : "")
                    .append("</p><form method=\"post\">");
            if (price != null) {
                body.append("<button class=\"main\" name=\"do\" value=\"change\">Change to ")
                        .append(escape(text(price, "nickname")))
                        .append(", ")
                        .append(dollars(number(price, "unit_amount")))
                        .append(" a ")
                        .append(escape(StripeShapes.interval(price)))
                        .append(" (now ")
                        .append(dollars(due))
                        .append(")</button>");
            } else {
                body.append(
                        ending
                                ? "<button name=\"do\" value=\"resume\">Keep the subscription</button>"
                                : "<button name=\"do\" value=\"cancel\">Cancel at the period's end</button>");
            }
        }
        return FRAME.formatted("Subscription", body + "<button name=\"do\" value=\"back\">Back</button></form>");
    }

    static String dollars(long cents) {
        return String.format(Locale.ROOT, "$%d.%02d", cents / 100, cents % 100);
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
