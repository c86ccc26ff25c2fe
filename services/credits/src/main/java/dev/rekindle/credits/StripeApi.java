package dev.rekindle.credits;

import com.stripe.StripeClient;
import com.stripe.exception.ApiConnectionException;
import com.stripe.exception.RateLimitException;
import com.stripe.exception.StripeException;
import com.stripe.model.Event;
import com.stripe.model.Price;
import com.stripe.model.Refund;
import com.stripe.model.StripeCollection;
import com.stripe.model.Subscription;
import com.stripe.model.checkout.Session;
import com.stripe.net.RequestOptions;
import com.stripe.param.CustomerCreateParams;
import com.stripe.param.EventListParams;
import com.stripe.param.PriceCreateParams;
import com.stripe.param.PriceListParams;
import com.stripe.param.RefundCreateParams;
import com.stripe.param.SubscriptionUpdateParams;
import com.stripe.param.checkout.SessionCreateParams;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.common.v1.Tier;
import dev.rekindle.credits.v1.BillingInterval;
import dev.rekindle.platform.rpc.Failure;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What we ask of Stripe. Every making carries a key of ours, so that asking again makes nothing twice. */
final class StripeApi {
    private static final Logger log = LoggerFactory.getLogger(StripeApi.class);

    private static final String CURRENCY = "usd";
    private static final int CONNECT_MILLIS_MAX = 5_000;
    private static final int READ_MILLIS_MAX = 20_000;
    private static final int RETRIES_MAX = 2;
    private static final long EVENTS_A_PAGE = 100;

    private final StripeClient client;
    private final Map<String, String> priceIds = new ConcurrentHashMap<>();

    StripeApi(StripeConfig config) {
        client = StripeClient.builder()
                .setApiKey(config.apiKey().reveal())
                .setApiBase(config.apiBase().toString())
                .setConnectTimeout(CONNECT_MILLIS_MAX)
                .setReadTimeout(READ_MILLIS_MAX)
                .setMaxNetworkRetries(RETRIES_MAX)
                .build();
    }

    @FunctionalInterface
    private interface Call<T> {
        T run() throws StripeException;
    }

    /** Trouble that passes is UNAVAILABLE; what Stripe refuses is a mistake of ours. */
    private static <T> T call(Call<T> call) {
        try {
            return call.run();
        } catch (StripeException e) {
            boolean passes = e instanceof ApiConnectionException
                    || e instanceof RateLimitException
                    || (e.getStatusCode() != null && e.getStatusCode() >= 500);
            String detail = "Stripe: " + e.getMessage();
            throw passes
                    ? Failure.of(
                                    Reason.REASON_UNAVAILABLE,
                                    "The payment provider is away for the moment. Please try again.")
                            .withDetail(detail, e)
                    : Failure.internal(detail, e);
        }
    }

    private static RequestOptions once(String key) {
        return RequestOptions.builder().setIdempotencyKey(key).build();
    }

    /** Makes the customer of an account; the same one however often. */
    String createCustomer(Account account) {
        CustomerCreateParams params = CustomerCreateParams.builder()
                .setDescription("Rekindle account " + account.id())
                .putMetadata(ReadStripeEvent.ACCOUNT, account.id().toString())
                .build();
        return call(() -> client.v1()
                .customers()
                .create(params, once("customer-" + account.id()))
                .getId());
    }

    /** The price of a plan, found by its name, which holds all its terms; made where it is not there. */
    String price(Catalogue.Plan plan, BillingInterval term) {
        int cents = term == BillingInterval.BILLING_INTERVAL_YEAR ? plan.annualCents() : plan.monthlyCents();
        String name = "rekindle:" + EnumNames.of(plan.tier()) + ":" + EnumNames.of(term) + ":" + cents;
        return priceIds.computeIfAbsent(name, key -> call(() -> findOrCreatePrice(key, plan.tier(), term, cents)));
    }

    private String findOrCreatePrice(String name, Tier tier, BillingInterval term, long cents) throws StripeException {
        List<Price> found = client.v1()
                .prices()
                .list(PriceListParams.builder().addLookupKey(name).setLimit(1L).build())
                .getData();
        if (!found.isEmpty()) {
            return found.getFirst().getId();
        }
        PriceCreateParams params = PriceCreateParams.builder()
                .setLookupKey(name)
                .setCurrency(CURRENCY)
                .setUnitAmount(cents)
                .setRecurring(PriceCreateParams.Recurring.builder()
                        .setInterval(
                                term == BillingInterval.BILLING_INTERVAL_YEAR
                                        ? PriceCreateParams.Recurring.Interval.YEAR
                                        : PriceCreateParams.Recurring.Interval.MONTH)
                        .build())
                .setProductData(PriceCreateParams.ProductData.builder()
                        .setName("Rekindle " + EnumNames.title(EnumNames.of(tier)))
                        .build())
                .putMetadata(ReadStripeEvent.TIER, EnumNames.of(tier))
                .putMetadata(ReadStripeEvent.TERM, EnumNames.of(term))
                .build();
        return client.v1().prices().create(params, once("price-" + name)).getId();
    }

    /** Where a checkout leads back to, and who pays. */
    record Desk(UUID checkoutId, String customerId, String successUrl, String cancelUrl) {
        private SessionCreateParams.Builder session(SessionCreateParams.Mode mode) {
            return SessionCreateParams.builder()
                    .setMode(mode)
                    .setCustomer(customerId)
                    .setClientReferenceId(checkoutId.toString())
                    .putMetadata(ReadStripeEvent.CHECKOUT, checkoutId.toString())
                    .setSuccessUrl(successUrl)
                    .setCancelUrl(cancelUrl);
        }
    }

    /** Opens a checkout of a top-up. */
    Session checkoutTopUp(Desk desk, Catalogue.TopUp topUp) {
        SessionCreateParams params = desk.session(SessionCreateParams.Mode.PAYMENT)
                .setPaymentIntentData(SessionCreateParams.PaymentIntentData.builder()
                        .putMetadata(ReadStripeEvent.CHECKOUT, desk.checkoutId().toString())
                        .build())
                .addLineItem(SessionCreateParams.LineItem.builder()
                        .setQuantity(1L)
                        .setPriceData(SessionCreateParams.LineItem.PriceData.builder()
                                .setCurrency(CURRENCY)
                                .setUnitAmount((long) topUp.cents())
                                .setProductData(SessionCreateParams.LineItem.PriceData.ProductData.builder()
                                        .setName(topUp.credits() + " credits for Rekindle")
                                        .build())
                                .build())
                        .build())
                .build();
        return open(desk, params);
    }

    /** Opens a checkout of a plan. */
    Session checkoutPlan(Desk desk, Catalogue.Plan plan, BillingInterval term) {
        SessionCreateParams params = desk.session(SessionCreateParams.Mode.SUBSCRIPTION)
                .addLineItem(SessionCreateParams.LineItem.builder()
                        .setQuantity(1L)
                        .setPrice(price(plan, term))
                        .build())
                .build();
        return open(desk, params);
    }

    private Session open(Desk desk, SessionCreateParams params) {
        return call(() -> client.v1().checkout().sessions().create(params, once("checkout-" + desk.checkoutId())));
    }

    /** Opens the page for cards and invoices. */
    String portal(String customerId, String returnUrl) {
        var params = com.stripe.param.billingportal.SessionCreateParams.builder()
                .setCustomer(customerId)
                .setReturnUrl(returnUrl)
                .build();
        return call(() -> client.v1().billingPortal().sessions().create(params).getUrl());
    }

    /** Opens the page on which a subscriber confirms another plan, with what it costs for the rest of the period. */
    String confirmPlan(String customerId, String subscriptionId, String priceId, String returnUrl) {
        Subscription subscription = call(() -> client.v1().subscriptions().retrieve(subscriptionId));
        String itemId = subscription.getItems().getData().getFirst().getId();
        var confirm = com.stripe.param.billingportal.SessionCreateParams.FlowData.SubscriptionUpdateConfirm.builder()
                .setSubscription(subscriptionId)
                .addItem(
                        com.stripe.param.billingportal.SessionCreateParams.FlowData.SubscriptionUpdateConfirm.Item
                                .builder()
                                .setId(itemId)
                                .setPrice(priceId)
                                .setQuantity(1L)
                                .build())
                .build();
        var params = com.stripe.param.billingportal.SessionCreateParams.builder()
                .setCustomer(customerId)
                .setReturnUrl(returnUrl)
                .setFlowData(com.stripe.param.billingportal.SessionCreateParams.FlowData.builder()
                        .setType(
                                com.stripe.param.billingportal.SessionCreateParams.FlowData.Type
                                        .SUBSCRIPTION_UPDATE_CONFIRM)
                        .setSubscriptionUpdateConfirm(confirm)
                        .build())
                .build();
        return call(() -> client.v1().billingPortal().sessions().create(params).getUrl());
    }

    /** A subscription as it is now; empty if Stripe has none of that id. */
    Optional<Subscription> subscription(String id) {
        return call(() -> {
            try {
                return Optional.of(client.v1().subscriptions().retrieve(id));
            } catch (com.stripe.exception.InvalidRequestException e) {
                if ("resource_missing".equals(e.getCode())) {
                    return Optional.empty();
                }
                throw e;
            }
        });
    }

    /** Lets a subscription end with its period. */
    Subscription cancelAtPeriodEnd(String id) {
        SubscriptionUpdateParams params =
                SubscriptionUpdateParams.builder().setCancelAtPeriodEnd(true).build();
        return call(() -> client.v1().subscriptions().update(id, params));
    }

    /** Ends a subscription at once; one that is over stays as it is. */
    Optional<Subscription> cancelNow(String id) {
        return call(() -> {
            try {
                return Optional.of(client.v1().subscriptions().cancel(id));
            } catch (com.stripe.exception.InvalidRequestException e) {
                if ("resource_missing".equals(e.getCode())) {
                    return subscription(id);
                }
                throw e;
            }
        });
    }

    /** Lets an open checkout be paid no more; one that is paid, over or gone stays as it is. */
    void expire(String sessionId) {
        call(() -> {
            try {
                return Optional.of(client.v1().checkout().sessions().expire(sessionId));
            } catch (com.stripe.exception.InvalidRequestException e) {
                log.debug("The checkout {} was not open: {}", sessionId, e.getMessage());
                return Optional.<Session>empty();
            }
        });
    }

    /** Gives a whole payment back; the same refund however often it is asked for. */
    Refund refund(String paymentId) {
        RefundCreateParams params =
                RefundCreateParams.builder().setPaymentIntent(paymentId).build();
        return call(() -> client.v1().refunds().create(params, once("refund-" + paymentId)));
    }

    /** Deletes a customer with its cards, which ends what subscriptions it has; one that is gone does not matter. */
    void deleteCustomer(String id) {
        call(() -> {
            try {
                return client.v1().customers().delete(id);
            } catch (com.stripe.exception.InvalidRequestException e) {
                if ("resource_missing".equals(e.getCode())) {
                    return e;
                }
                throw e;
            }
        });
    }

    /** Events since a time, newest first, a page after the event where it is given. */
    StripeCollection<Event> events(Instant since, Optional<String> after) {
        EventListParams.Builder params = EventListParams.builder()
                .setLimit(EVENTS_A_PAGE)
                .setCreated(EventListParams.Created.builder()
                        .setGte(since.getEpochSecond())
                        .build());
        after.ifPresent(params::setStartingAfter);
        return call(() -> client.v1().events().list(params.build()));
    }
}
