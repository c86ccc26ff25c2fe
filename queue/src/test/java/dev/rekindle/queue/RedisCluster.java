package dev.rekindle.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.embedded.FreePorts;
import dev.rekindle.platform.Closer;
import dev.rekindle.platform.redis.Redis;
import dev.rekindle.platform.redis.RedisConfig;
import dev.rekindle.testkit.Eventually;
import io.lettuce.core.cluster.SlotHash;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.codec.StringCodec;
import io.lettuce.core.output.StatusOutput;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.CommandType;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** Three Redis servers that share the slots of a cluster. */
final class RedisCluster implements AutoCloseable {
    private static final int NODES = 3;
    private static final RedisCodec<String, byte[]> CODEC = RedisCodec.of(StringCodec.UTF8, ByteArrayCodec.INSTANCE);
    private static final int SLOTS = 16_384;

    private final Closer closer = new Closer();
    private final List<Member> nodes = new ArrayList<>();

    /** A server and the port at which the others reach it. */
    private record Member(PrivateRedis redis, int busPort) {}

    private RedisCluster() {}

    /** Starts the servers and waits until each knows all slots to be served. */
    static RedisCluster start(Path folder) throws IOException {
        RedisCluster cluster = new RedisCluster();
        try {
            for (int number = 0; number < NODES; number++) {
                cluster.add(folder.resolve("node-" + number));
            }
            cluster.join();
            return cluster;
        } catch (IOException | RuntimeException e) {
            cluster.close();
            throw e;
        }
    }

    private void add(Path folder) throws IOException {
        int busPort = FreePorts.next();
        PrivateRedis redis =
                new PrivateRedis(folder, "--cluster-enabled", "yes", "--cluster-port", String.valueOf(busPort));
        nodes.add(new Member(closer.add(redis), busPort));
    }

    private void join() {
        for (int number = 0; number < NODES; number++) {
            try (Redis node = Redis.open(nodes.get(number).redis().config())) {
                node.sync()
                        .clusterAddSlots(IntStream.range(SLOTS * number / NODES, SLOTS * (number + 1) / NODES)
                                .toArray());
                for (Member other : nodes) {
                    meet(node, other);
                }
            }
        }
        for (Member one : nodes) {
            try (Redis node = Redis.open(one.redis().config())) {
                Eventually.holds(() -> assertThat(node.sync().clusterInfo())
                        .contains("cluster_state:ok", "cluster_known_nodes:" + NODES, "cluster_size:" + NODES));
            }
        }
    }

    /** With both ports: the bus of a node here is not at the usual distance from its port. */
    private static void meet(Redis node, Member other) {
        URI url = URI.create(other.redis().config().url());
        CommandArgs<String, byte[]> arguments = new CommandArgs<>(CODEC)
                .add("MEET")
                .add(url.getHost())
                .add(url.getPort())
                .add(other.busPort());
        assertThat(node.sync().dispatch(CommandType.CLUSTER, new StatusOutput<>(CODEC), arguments))
                .isEqualTo("OK");
    }

    /** The number of the node that holds the keys of a hash tag. */
    static int nodeOf(String hashTag) {
        return SlotHash.getSlot(hashTag) * NODES / SLOTS;
    }

    RedisConfig config() {
        return nodes.getFirst().redis().clusterConfig();
    }

    @Override
    public void close() {
        closer.close();
    }
}
