package dev.rekindle.credits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.JobType;
import dev.rekindle.common.v1.Tier;
import dev.rekindle.credits.BooksModel.Outcome;
import dev.rekindle.credits.v1.LedgerEntryType;
import dev.rekindle.events.v1.Event;
import dev.rekindle.platform.rpc.Failure;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Random calls, repeated, reordered and at once, do what the model does, and the books are right after each. */
@Tag("CR-04")
@Tag("CR-02")
class CreditsFuzzTest {
    private static final List<String> USERS = List.of("anna", "berta", "clara");
    private static final List<Tier> TIERS =
            List.of(Tier.TIER_FREE, Tier.TIER_REMEMBER, Tier.TIER_CHERISH, Tier.TIER_FOREVER);
    private static final List<JobType> TYPES =
            List.of(JobType.JOB_TYPE_RESTORATION, JobType.JOB_TYPE_COMBINED, JobType.JOB_TYPE_ANIMATION);

    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Random random = new Random(seed);
    private final CreditsRoom room = new CreditsRoom();

    CreditsFuzzTest() {
        System.out.println("CreditsFuzzTest -Dseed=" + seed);
    }

    @AfterEach
    void close() {
        room.close();
    }

    private <T> T anyOf(List<T> things) {
        return things.get(random.nextInt(things.size()));
    }

    private interface Call {
        @Nullable
        Entry run();
    }

    private static Outcome outcome(Call call) {
        try {
            Entry entry = call.run();
            return entry == null ? Outcome.NOTHING : new Outcome(entry.amount(), entry.balanceAfter(), null);
        } catch (Failure failure) {
            return Outcome.refused(failure.reason());
        }
    }

    @Test
    void one_call_after_the_other_does_what_the_model_does() {
        LocalDateTime start = LocalDateTime.ofInstant(CreditsRoom.START, ZoneOffset.UTC);
        BooksModel model = new BooksModel(start);
        for (int step = 0; step < 400; step++) {
            String userId = anyOf(USERS);
            String told = step(model, userId);
            String where = "seed " + seed + " step " + step + ": " + told;
            assertThat(room.balance(userId)).as(where).isEqualTo(model.balance(userId));
            assertThat(room.audit.user(userId).getFindingsList()).as(where).isEmpty();
        }
        assertThat(room.audit().getFindingsList()).isEmpty();
    }

    /** One random call on both; what it was. */
    private String step(BooksModel model, String userId) {
        UUID job = new UUID(1, random.nextInt(12));
        int charge = 1 + random.nextInt(3);
        JobType type = random.nextInt(8) == 0 ? anyOf(TYPES) : TYPES.get((int) (job.getLeastSignificantBits() % 3));
        return switch (random.nextInt(12)) {
            case 0 -> {
                room.clock.advance(Duration.ofHours(random.nextInt(24 * 40)));
                model.turnTo(LocalDateTime.ofInstant(room.clock.instant(), ZoneOffset.UTC));
                yield "time goes on to " + room.clock.instant();
            }
            case 1 -> {
                Tier tier = anyOf(TIERS);
                String what = userId + " is on " + tier;
                assertThat(room.tier(userId, tier).balance()).as(seed + what).isEqualTo(model.setTier(userId, tier));
                yield what;
            }
            case 2, 3 -> {
                int amount = random.nextInt(10) - 3;
                int given = amount == 0 ? 1 : amount;
                String requestId = "r-" + random.nextInt(30);
                yield same(
                        userId + " is given " + given + " by " + requestId,
                        outcome(() -> room.adjust(userId, given, requestId)),
                        model.adjust(userId, given, requestId));
            }
            case 4, 5, 6, 7 ->
                same(
                        userId + " pays charge " + charge + " of " + job + " as " + type,
                        outcome(() -> room.deduct(userId, job, charge, type).entry()),
                        model.deduct(userId, job, charge, type, room.catalogue.price(type)));
            default ->
                same(
                        userId + " is given back charge " + charge + " of " + job,
                        outcome(() -> room.refund(userId, job, charge).entry()),
                        model.refund(userId, job, charge));
        };
    }

    private String same(String what, Outcome real, Outcome expected) {
        assertThat(real).as("seed " + seed + ": " + what).isEqualTo(expected);
        return what + ": " + real;
    }

    @Test
    void calls_at_once_leave_a_ledger_the_model_could_have_written() throws Exception {
        for (int round = 0; round < 4; round++) {
            List<Callable<@Nullable Entry>> calls = calls(round);
            Set<Entry> answered = new HashSet<>();
            try (ExecutorService threads = Executors.newFixedThreadPool(16)) {
                for (Future<@Nullable Entry> call : threads.invokeAll(calls)) {
                    Entry entry = call.get();
                    if (entry != null) {
                        answered.add(entry);
                    }
                }
            }
            assertThat(room.audit().getFindingsList()).as("seed " + seed).isEmpty();
            assertThat(answered.stream().map(Entry::businessKey).toList())
                    .as("seed %d: every key answered one entry", seed)
                    .doesNotHaveDuplicates();
            replay(answered);
        }
    }

    /** Calls about jobs of a round, each up to three times and in no order. A refused one answers nothing. */
    private List<Callable<@Nullable Entry>> calls(int round) {
        List<Callable<@Nullable Entry>> calls = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            int number = random.nextInt(15);
            String userId = USERS.get(number % USERS.size());
            UUID job = new UUID(round, number);
            JobType type = TYPES.get(number % TYPES.size());
            int charge = 1 + random.nextInt(3);
            int amount = 1 + random.nextInt(5);
            String requestId = "r-" + round + "-" + i;
            Call call = switch (random.nextInt(5)) {
                case 0 -> () -> room.adjust(userId, amount, requestId);
                case 1, 2 -> () -> room.refund(userId, job, charge).entry();
                default -> () -> room.deduct(userId, job, charge, type).entry();
            };
            Callable<@Nullable Entry> quiet = () -> {
                try {
                    return call.run();
                } catch (Failure refusal) {
                    return null;
                }
            };
            calls.addAll(Collections.nCopies(1 + random.nextInt(3), quiet));
        }
        Collections.shuffle(calls, random);
        return calls;
    }

    /** Each user's ledger in its order is one the model writes when it is called in that order, and so are the events. */
    private void replay(Set<Entry> answered) {
        Map<UUID, Entry> byId = answered.stream().collect(Collectors.toMap(Entry::id, entry -> entry));
        Map<UUID, String> found = new HashMap<>();
        for (String userId : USERS) {
            assertThat(room.events(userId))
                    .as("seed " + seed)
                    .extracting(Event::getId)
                    .containsExactlyElementsOf(room.entries(userId).stream()
                            .map(entry -> entry.id().toString())
                            .toList());
            BooksModel model = new BooksModel(LocalDateTime.ofInstant(CreditsRoom.START, ZoneOffset.UTC));
            for (Entry entry : room.entries(userId)) {
                found.put(entry.id(), userId);
                Outcome expected = replayed(model, userId, entry);
                assertThat(new Outcome(entry.amount(), entry.balanceAfter(), null))
                        .as("seed %d: %s", seed, entry)
                        .isEqualTo(expected);
            }
        }
        assertThat(found.keySet()).as("seed " + seed).containsAll(byId.keySet());
    }

    private Outcome replayed(BooksModel model, String userId, Entry entry) {
        Entry.JobCharge job = entry.job();
        if (entry.type() == LedgerEntryType.LEDGER_ENTRY_TYPE_GRANT) {
            return new Outcome(3, model.balance(userId), null);
        }
        if (job == null) {
            return model.adjust(userId, entry.amount(), entry.businessKey());
        }
        if (entry.type() == LedgerEntryType.LEDGER_ENTRY_TYPE_REFUND) {
            return model.refund(userId, job.jobId(), job.charge());
        }
        JobType type = TYPES.get((int) job.jobId().getLeastSignificantBits() % TYPES.size());
        return model.deduct(userId, job.jobId(), job.charge(), type, room.catalogue.price(type));
    }
}
