package dev.rekindle.embedded.stripe;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("CR-05")
class StripeServerTest {
    private static final String KEY = "sk_test_0123456789";
    private static final String CHECKOUT =
            "mode=payment&customer=%s&success_url=http%%3A%%2F%%2Fshop%%2Fdone&line_items[0][quantity]=1"
                    + "&line_items[0][price_data][unit_amount]=499&line_items[0][price_data][currency]=usd"
                    + "&line_items[0][price_data][product_data][name]=Ten%%20%%3Cb%%3E";

    @TempDir
    Path folder;

    private StripeServer start(@Nullable URI webhook) throws Exception {
        return StripeServer.start(
                new StripeServer.Config(0, KEY, "whsec_test", folder.resolve("payments.json"), webhook),
                Clock.systemUTC());
    }

    private static HttpResponse<String> post(StripeServer server, String path, String form, String... headers)
            throws Exception {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(server.endpoint().resolve(path)).POST(HttpRequest.BodyPublishers.ofString(form));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        try (HttpClient http = HttpClient.newHttpClient()) {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        }
    }

    private static JsonObject made(StripeServer server, String path, String form) throws Exception {
        HttpResponse<String> answer = post(server, path, form, "Authorization", "Bearer " + KEY);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        return JsonParser.parseString(answer.body()).getAsJsonObject();
    }

    @Test
    void a_call_with_another_key_and_one_about_nothing_are_refused_as_stripe_does() throws Exception {
        try (StripeServer server = start(null)) {
            HttpResponse<String> stranger = post(server, "/v1/customers", "", "Authorization", "Bearer sk_test_other");
            assertThat(stranger.statusCode()).isEqualTo(401);
            HttpResponse<String> missing = post(
                    server, "/v1/checkout/sessions", CHECKOUT.formatted("cus_no"), "Authorization", "Bearer " + KEY);
            assertThat(missing.statusCode()).isEqualTo(404);
            assertThat(missing.body()).contains("\"code\":\"resource_missing\"");
        }
    }

    @Test
    void a_making_under_the_same_key_is_made_once_and_with_other_fields_refused() throws Exception {
        try (StripeServer server = start(null)) {
            String[] once = {"Authorization", "Bearer " + KEY, "Idempotency-Key", "k-1"};
            String first = post(server, "/v1/customers", "description=a", once).body();
            assertThat(post(server, "/v1/customers", "description=a", once).body())
                    .isEqualTo(first);
            assertThat(server.ids("customer")).hasSize(1);
            assertThat(post(server, "/v1/customers", "description=b", once).body())
                    .contains("idempotency_error");
        }
    }

    @Test
    void a_checkout_is_paid_on_a_page_that_says_it_is_a_test_and_outlives_a_restart() throws Exception {
        String session;
        try (StripeServer server = start(null)) {
            String customer = made(server, "/v1/customers", "").get("id").getAsString();
            session = made(server, "/v1/checkout/sessions", CHECKOUT.formatted(customer))
                    .get("id")
                    .getAsString();
        }
        try (StripeServer server = start(null);
                HttpClient http = HttpClient.newHttpClient()) {
            URI page = server.endpoint().resolve("/pay/" + session);
            assertThat(http.send(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.ofString())
                            .body())
                    .contains("TEST MODE", "$4.99", "Ten &lt;b&gt;")
                    .doesNotContain("<b>");
            HttpResponse<String> paid = post(server, "/pay/" + session, "do=pay");
            assertThat(paid.headers().firstValue("Location")).contains("http://shop/done");
            post(server, "/pay/" + session, "do=pay");
            assertThat(server.events())
                    .filteredOn(event -> event.contains("checkout.session.completed"))
                    .hasSize(1);
        }
    }

    private static String price(StripeServer server, String name, String interval, int cents) throws Exception {
        return made(
                        server,
                        "/v1/prices",
                        "currency=usd&unit_amount=%d&recurring[interval]=%s&product_data[name]=%s"
                                .formatted(cents, interval, name))
                .get("id")
                .getAsString();
    }

    private static List<Long> paid(StripeServer server) {
        return server.events().stream()
                .filter(event -> event.contains("\"payment_intent.succeeded\""))
                .map(event -> JsonParser.parseString(event).getAsJsonObject())
                .map(event -> event.getAsJsonObject("data").getAsJsonObject("object"))
                .map(intent -> intent.get("amount_received").getAsLong())
                .toList();
    }

    @Test
    void a_dearer_plan_costs_the_difference_at_once_and_a_cheaper_one_nothing() throws Exception {
        try (StripeServer server = start(null)) {
            String customer = made(server, "/v1/customers", "").get("id").getAsString();
            String small = price(server, "Small", "month", 1_000);
            String large = price(server, "Large", "month", 3_000);
            String annual = price(server, "Large", "year", 30_000);
            String checkout = "mode=subscription&success_url=http%3A%2F%2Fshop&customer=" + customer
                    + "&line_items[0][price]=" + small;
            server.pay(
                    made(server, "/v1/checkout/sessions", checkout).get("url").getAsString());
            String subscription = server.ids("subscription").getLast();
            String portal = made(
                            server,
                            "/v1/billing_portal/sessions",
                            "customer=%s&return_url=http%%3A%%2F%%2Fshop&flow_data[subscription_update_confirm][subscription]=%s&flow_data[subscription_update_confirm][items][0][price]=%s"
                                    .formatted(customer, subscription, large))
                    .get("url")
                    .getAsString();
            try (HttpClient http = HttpClient.newHttpClient()) {
                assertThat(http.send(
                                        HttpRequest.newBuilder(URI.create(portal))
                                                .build(),
                                        HttpResponse.BodyHandlers.ofString())
                                .body())
                        .contains("Change to Large, $30.00 a month (now $20.00)");
            }
            post(server, URI.create(portal).getPath(), "do=change");
            assertThat(paid(server)).containsExactly(1_000L, 2_000L);
            server.changePlan(subscription, annual);
            assertThat(paid(server)).as("a year begins").containsExactly(1_000L, 2_000L, 27_000L);
            server.changePlan(subscription, small);
            assertThat(paid(server)).hasSize(3);
        }
    }

    @Test
    void an_event_is_sent_signed_until_it_is_taken() throws Exception {
        LinkedBlockingQueue<String> signatures = new LinkedBlockingQueue<>();
        AtomicInteger calls = new AtomicInteger();
        HttpServer shop = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        shop.createContext("/", exchange -> {
            String payload = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String header = exchange.getRequestHeaders().getFirst("Stripe-Signature");
            long time = Long.parseLong(header.substring(2, header.indexOf(',')));
            boolean good = header.equals(StripeWebhooks.signature(payload, "whsec_test", time));
            exchange.sendResponseHeaders(calls.getAndIncrement() == 0 ? 503 : 200, -1);
            exchange.close();
            signatures.add(good + " " + payload.contains("charge.succeeded"));
        });
        shop.start();
        try (StripeServer server =
                start(URI.create("http://127.0.0.1:" + shop.getAddress().getPort() + "/"))) {
            String customer = made(server, "/v1/customers", "").get("id").getAsString();
            server.pay(made(server, "/v1/checkout/sessions", CHECKOUT.formatted(customer))
                    .get("url")
                    .getAsString());
            assertThat(signatures.poll(20, TimeUnit.SECONDS)).isEqualTo("true true");
            assertThat(signatures.poll(20, TimeUnit.SECONDS)).as("again").isEqualTo("true true");
            assertThat(signatures.poll(20, TimeUnit.SECONDS)).as("the next").isEqualTo("true false");
        } finally {
            shop.stop(0);
        }
    }
}
