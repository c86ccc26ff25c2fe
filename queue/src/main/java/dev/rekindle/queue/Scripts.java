package dev.rekindle.queue;

import com.google.protobuf.ByteString;
import dev.rekindle.platform.redis.Redis;
import dev.rekindle.platform.redis.RedisScript;
import dev.rekindle.platform.rpc.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;

/**
 * The scripts of one shard of the queue. All its keys begin with {@link #prefix}, whose braces put them into one slot of
 * a cluster.
 */
final class Scripts {
    private static final int BATCH_BYTES_MAX = 4 << 20;

    private final Redis redis;
    private final QueueConfig config;
    private final Supplier<Duration> clockShift;
    private final int number;
    private final String prefix;
    private final Map<String, RedisScript> scripts = new ConcurrentHashMap<>();

    /** @param number of the shard, from 0 */
    Scripts(Redis redis, QueueConfig config, Supplier<Duration> clockShift, int number) {
        this.redis = redis;
        this.config = config;
        this.clockShift = clockShift;
        this.number = number;
        String name = "{q" + number + "}";
        this.prefix = config.namespace().isEmpty() ? name : config.namespace() + ":" + name;
    }

    Redis redis() {
        return redis;
    }

    QueueConfig config() {
        return config;
    }

    /** The name of a channel of this shard. */
    String channel(String name) {
        return prefix + ":" + name;
    }

    /**
     * Runs a script. Lanes are part of what an emptied Redis forgets; a script that finds none has changed nothing,
     * answers NOLANES, and runs again after they are written.
     *
     * @param arguments ARGV from the second on
     */
    Answer run(String name, List<Object> arguments) {
        Answer answer = runOnce(name, arguments);
        if (answer.status().equals("NOLANES") || answer.status().equals("NOLANE")) {
            defineLanes();
            answer = runOnce(name, arguments);
        }
        return answer;
    }

    /** Runs a script that must answer OK. */
    Reply runOk(String name, List<Object> arguments) {
        Answer answer = run(name, arguments);
        if (answer.status().equals("NOLANE")) {
            throw unknownLane(answer.reply().text());
        }
        if (!answer.status().equals("OK")) {
            throw Failure.internal("The script " + name + " answered " + answer.status(), null);
        }
        return answer.reply();
    }

    /** A script's answer: its first value, and a reader of the rest. */
    record Answer(String status, Reply reply) {}

    private Answer runOnce(String name, List<Object> arguments) {
        return answer(new Reply(script(name).run(List.of(prefix), all(arguments))));
    }

    /**
     * Runs scripts one after the other as one step.
     *
     * @param calls each script's name and its ARGV from the second on
     * @return the answer of each
     */
    List<Answer> runInTurn(List<Map.Entry<String, List<Object>>> calls) {
        List<String> names =
                calls.stream().map(call -> "queue/" + call.getKey()).toList();
        List<Object> arguments = new ArrayList<>();
        for (Map.Entry<String, List<Object>> call : calls) {
            arguments.add(call.getValue().size());
            arguments.addAll(call.getValue());
        }
        List<Object> values = scripts.computeIfAbsent(
                        String.join(" ", names),
                        key -> RedisScript.inTurn(redis, Scripts.class, "queue/prelude", names))
                .run(List.of(prefix), all(arguments));
        Reply replies = new Reply(values);
        List<Answer> answers = new ArrayList<>();
        while (replies.more()) {
            answers.add(answer(replies.list()));
        }
        return answers;
    }

    private RedisScript script(String name) {
        return scripts.computeIfAbsent(
                name, key -> RedisScript.load(redis, Scripts.class, "queue/prelude", "queue/" + key));
    }

    private Object[] all(List<Object> arguments) {
        Object[] all = new Object[arguments.size() + 1];
        all[0] = clockShift.get().toMillis();
        for (int i = 0; i < arguments.size(); i++) {
            Object argument = arguments.get(i);
            all[i + 1] = argument instanceof ByteString bytes ? bytes.toByteArray() : argument;
        }
        return all;
    }

    private static Answer answer(Reply reply) {
        return new Answer(reply.text(), reply);
    }

    /** Writes the lanes of the configuration where Redis has none, with this shard's share of their caps. */
    void defineLanes() {
        List<Object> arguments = new ArrayList<>();
        arguments.add(config.shards());
        arguments.add(config.kinds().size());
        arguments.addAll(config.kinds().keySet());
        Sharing sharing = new Sharing(config.shards());
        for (QueueConfig.Lane lane : config.lanes()) {
            arguments.add(lane.name());
            addLimits(arguments, sharing.shares(lane.limits()).get(number));
        }
        runOnce("define_lanes", arguments);
    }

    static void addLimits(List<Object> arguments, LaneLimits limits) {
        arguments.add(limits.activeMax());
        arguments.add(limits.claimsPerSecondMax());
        arguments.add(limits.attemptTimeout().toMillis());
        arguments.add(limits.attemptsMax());
        arguments.add(limits.waitingMax());
    }

    Failure unknownLane(String lane) {
        List<String> names = config.lanes().stream().map(QueueConfig.Lane::name).toList();
        return Failure.invalid("lane", "is \"" + lane + "\"; expected one of " + String.join(", ", names));
    }

    /** Cuts a list into batches of a size one script may handle. */
    <T> List<List<T>> batches(List<T> items, ToIntFunction<T> bytes) {
        List<List<T>> batches = new ArrayList<>();
        int start = 0;
        long size = 0;
        for (int i = 0; i < items.size(); i++) {
            int next = bytes.applyAsInt(items.get(i));
            if (i > start && (i - start == config.sizes().batchMax() || size + next > BATCH_BYTES_MAX)) {
                batches.add(items.subList(start, i));
                start = i;
                size = 0;
            }
            size += next;
        }
        if (start < items.size()) {
            batches.add(items.subList(start, items.size()));
        }
        return batches;
    }

    /** How much of a batch these items are: 1 and no more fits into one. */
    <T> double batchShare(List<T> items, ToIntFunction<T> bytes) {
        double all = items.stream().mapToInt(bytes).asLongStream().sum();
        return Math.max((double) items.size() / config.sizes().batchMax(), all / BATCH_BYTES_MAX);
    }

    /** Runs a script over ids, in batches, and reads one value for each id. */
    <T> List<T> overIds(String name, List<String> ids, Function<Reply, T> read) {
        List<T> values = new ArrayList<>(ids.size());
        for (List<String> batch : batches(ids, String::length)) {
            Reply reply = runOk(name, List.copyOf(batch));
            while (reply.more()) {
                values.add(read.apply(reply));
            }
        }
        return values;
    }
}
