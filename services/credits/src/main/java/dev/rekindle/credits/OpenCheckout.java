package dev.rekindle.credits;

import com.stripe.model.checkout.Session;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.common.v1.Tier;
import dev.rekindle.credits.tables.tables.records.CheckoutsRecord;
import dev.rekindle.credits.v1.BillingInterval;
import dev.rekindle.platform.Ids;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.rpc.Failure;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Opens a checkout at Stripe. What is to be bought is written down at its terms first, and its id is the key under which
 * Stripe makes the page: a crash between the two makes no second page, and a price that changes meanwhile changes nothing.
 */
final class OpenCheckout {
    private static final int A_DAY_MAX = 100;

    /** What is to be bought. */
    sealed interface Item {
        record Plan(Catalogue.Plan plan, BillingInterval term) implements Item {}

        record TopUp(Catalogue.TopUp topUp) implements Item {}

        String PLAN_NAMES = "plan:";

        /** Its name, the same for the same terms. */
        default String name() {
            return switch (this) {
                case Plan plan -> PLAN_NAMES + EnumNames.of(plan.plan().tier()) + ":" + EnumNames.of(plan.term());
                case TopUp topUp -> topUp.topUp().id();
            };
        }

        default int credits() {
            return switch (this) {
                case Plan plan -> plan.plan().monthlyCredits();
                case TopUp topUp -> topUp.topUp().credits();
            };
        }

        default int cents() {
            return switch (this) {
                case Plan plan ->
                    plan.term() == BillingInterval.BILLING_INTERVAL_YEAR
                            ? plan.plan().annualCents()
                            : plan.plan().monthlyCents();
                case TopUp topUp -> topUp.topUp().cents();
            };
        }
    }

    /** A page to pay on. */
    record Opened(String url, @Nullable Instant expiresAt) {}

    private final Database database;
    private final CheckoutStore checkouts;
    private final StripeApi stripe;
    private final URI publicUrl;
    private final Ids ids;
    private final Clock clock;

    OpenCheckout(Database database, CheckoutStore checkouts, StripeApi stripe, URI publicUrl, Ids ids, Clock clock) {
        this.database = database;
        this.checkouts = checkouts;
        this.stripe = stripe;
        this.publicUrl = publicUrl;
        this.ids = ids;
        this.clock = clock;
    }

    /**
     * Opens a checkout; the same request again answers the same page.
     *
     * @throws Failure IDEMPOTENCY_CONFLICT if the request id was used for another item; STATE_CONFLICT if its page can be
     *     paid no more; RATE_LIMITED after too many
     */
    Opened run(Account account, Item item, String returnPath, String requestId) {
        CheckoutsRecord row = row(account, item, returnPath, requestId);
        String url = row.getUrl();
        Instant expiresAt = Times.instant(row.getExpiresAt());
        if (url != null && expiresAt != null) {
            if (!expiresAt.isAfter(Times.now(clock))) {
                throw Failure.of(
                        Reason.REASON_STATE_CONFLICT,
                        "The checkout of the request id " + row.getRequestId()
                                + " can be paid no more; use a new one.");
            }
            return new Opened(url, expiresAt);
        }
        StripeApi.Desk desk = new StripeApi.Desk(
                row.getId(),
                customer(account),
                back(returnPath, "?checkout=done"),
                back(returnPath, "?checkout=cancelled"));
        Session session = switch (item) {
            case Item.TopUp topUp -> stripe.checkoutTopUp(desk, topUp.topUp());
            case Item.Plan plan -> stripe.checkoutPlan(desk, plan.plan(), plan.term());
        };
        Instant end = Instant.ofEpochSecond(session.getExpiresAt());
        database.query(sql -> {
            checkouts.opened(sql, row.getId(), session.getId(), session.getUrl(), end);
            return true;
        });
        if (item instanceof Item.Plan) {
            leaveOnePlan(account.id());
        }
        return new Opened(session.getUrl(), end);
    }

    /** Of plans only the page opened last can be paid: two that are paid side by side would be two subscriptions. */
    private void leaveOnePlan(UUID accountId) {
        List<CheckoutsRecord> plans = database.query(sql -> checkouts.open(sql, accountId, Times.now(clock))).stream()
                .filter(row -> row.getItem().startsWith(Item.PLAN_NAMES))
                .toList();
        for (CheckoutsRecord earlier : plans.subList(0, Math.max(0, plans.size() - 1))) {
            stripe.expire(earlier.getSessionId());
            database.query(sql -> {
                checkouts.over(sql, earlier.getId(), Times.now(clock));
                return true;
            });
        }
    }

    private CheckoutsRecord row(Account account, Item item, String returnPath, String requestId) {
        Instant now = Times.now(clock);
        return database.transact(sql -> {
            Optional<CheckoutsRecord> first = checkouts.ofRequest(sql, account.id(), requestId);
            if (first.isPresent()) {
                refuseOther(first.get(), item, returnPath);
                return first.get();
            }
            if (checkouts.countSince(sql, account.id(), now.minus(Duration.ofDays(1))) >= A_DAY_MAX) {
                throw Failure.of(
                                Reason.REASON_RATE_LIMITED,
                                "You opened " + A_DAY_MAX + " checkouts within a day; please come back later.")
                        .withRetryDelay(Duration.ofHours(1));
            }
            CheckoutsRecord row = new CheckoutsRecord();
            row.setId(ids.next());
            row.setAccountId(account.id());
            row.setRequestId(requestId);
            row.setItem(item.name());
            row.setCredits(Math.max(1, item.credits()));
            row.setCents(item.cents());
            row.setReturnPath(returnPath);
            row.setCreatedAt(Times.utc(now));
            if (checkouts.insert(sql, row)) {
                return row;
            }
            CheckoutsRecord faster = checkouts
                    .ofRequest(sql, account.id(), requestId)
                    .orElseThrow(() -> Failure.internal("A checkout neither is nor can be made.", null));
            refuseOther(faster, item, returnPath);
            return faster;
        });
    }

    private static void refuseOther(CheckoutsRecord first, Item item, String returnPath) {
        if (!first.getItem().equals(item.name()) || !first.getReturnPath().equals(returnPath)) {
            throw Failure.of(
                    Reason.REASON_IDEMPOTENCY_CONFLICT,
                    "The request id " + first.getRequestId() + " was used to buy " + first.getItem()
                            + "; use a new one.");
        }
    }

    /** Who the account is at Stripe; made there where it is nobody yet. */
    String customer(Account account) {
        return database.query(sql -> checkouts.customer(sql, account.id())).orElseGet(() -> {
            String made = stripe.createCustomer(account);
            return database.query(sql -> {
                checkouts.setCustomer(sql, account.id(), made, Times.now(clock));
                return checkouts.customer(sql, account.id()).orElse(made);
            });
        });
    }

    /** The page with the confirmation of another plan, for somebody who has one. */
    Opened changePlan(Account account, StripeFact.Subscribed running, Item.Plan item, String returnPath) {
        Tier tier = item.plan().tier();
        if (running.tier() == tier && running.term() == item.term()) {
            throw Failure.of(
                    Reason.REASON_STATE_CONFLICT,
                    "You have the plan " + EnumNames.title(EnumNames.of(tier)) + " already.");
        }
        String price = stripe.price(item.plan(), item.term());
        return new Opened(
                stripe.confirmPlan(customer(account), running.id(), price, back(returnPath, "?checkout=done")), null);
    }

    String portal(Account account, String returnPath) {
        return stripe.portal(customer(account), back(returnPath, ""));
    }

    private String back(String returnPath, String query) {
        String base = publicUrl.toString();
        String path = returnPath.isEmpty() ? "/" : returnPath;
        return (base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + path + query;
    }
}
