package dev.rekindle.processing.engine.runpod;

import com.google.protobuf.ByteString;
import dev.rekindle.platform.net.AddressGuard;
import dev.rekindle.platform.net.CheckedAddresses;
import dev.rekindle.platform.net.Network;
import dev.rekindle.processing.http.HttpCalls;
import dev.rekindle.processing.pipeline.Stop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.random.RandomGenerator;
import org.apache.hc.client5.http.classic.methods.HttpGet;

/**
 * Fetches a result from the address an endpoint answered with. That address is a stranger's word: only https, only to
 * public addresses, which are looked up once and then used, and no further than a limit.
 */
final class FetchResult implements AutoCloseable {
    static final int BYTES_MAX = 64 << 20;
    private static final int TRIES = 3;

    private final List<Network> allowed;
    private final RunPodConfig.Times times;
    private final RandomGenerator random;
    private final HttpCalls http;

    FetchResult(RunPodConfig config, RandomGenerator random) {
        this.allowed = config.networksAllowed();
        this.times = config.times();
        this.random = random;
        this.http = new HttpCalls(new CheckedAddresses(new AddressGuard(allowed, InetAddress::getAllByName)));
    }

    /**
     * Fetches.
     *
     * @throws RunFailed if it may not or cannot be fetched
     */
    ByteString fetch(String url, Stop stop) {
        URI uri = checked(url);
        BackOff backOff = new BackOff(times.pollMin(), times.pollMax(), random);
        String last = "";
        for (int i = 0; i < TRIES; i++) {
            try {
                HttpCalls.Reply reply = http.call(new HttpGet(uri), times.callMax(), BYTES_MAX, stop);
                if (reply.status() == 200) {
                    return reply.body();
                }
                last = "HTTP " + reply.status();
            } catch (AddressGuard.Refused e) {
                throw RunFailed.counting("the result may not be fetched: " + e.getMessage());
            } catch (IOException e) {
                last = e.getClass().getSimpleName() + ": " + e.getMessage();
            }
            stop.pause(backOff.next());
        }
        throw RunFailed.counting("the result at " + uri.getHost() + " cannot be fetched: " + last);
    }

    private URI checked(String url) {
        try {
            URI uri = new URI(url);
            String host = uri.getHost();
            boolean plain = "http".equalsIgnoreCase(uri.getScheme()) && host != null && isAllowed(host);
            if (host != null && uri.getRawUserInfo() == null && (plain || "https".equalsIgnoreCase(uri.getScheme()))) {
                return uri;
            }
            throw RunFailed.counting(
                    "the result is at an address of scheme " + uri.getScheme() + "; expected https with a host");
        } catch (URISyntaxException e) {
            throw RunFailed.counting("the result is at no address: " + e.getReason());
        }
    }

    private boolean isAllowed(String host) {
        try {
            InetAddress address = InetAddress.ofLiteral(host);
            return allowed.stream().anyMatch(network -> network.has(address));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        http.close();
    }
}
