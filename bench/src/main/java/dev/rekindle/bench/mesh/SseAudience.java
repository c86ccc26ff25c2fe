package dev.rekindle.bench.mesh;

import com.linecorp.armeria.client.ClientFactory;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpObject;
import com.linecorp.armeria.common.RequestHeaders;
import dev.rekindle.gateway.auth.EmbeddedIssuer;
import java.time.Duration;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** Readers of server-sent events over HTTP/1.1, each on a connection of its own as any browser's is. */
final class SseAudience extends Audience {
    private static final String PATH = "/v1/events?rooms=user&rooms=global";
    private static final String ID = "id: ";

    private final ClientFactory connections = ClientFactory.builder()
            .connectTimeout(Duration.ofMinutes(1))
            .idleTimeout(Duration.ZERO)
            .build();
    private final WebClient client;

    SseAudience(World world, EmbeddedIssuer issuer, Receipts receipts) {
        super(issuer, receipts);
        this.client = WebClient.builder("h1c://127.0.0.1:" + world.gatewayPort())
                .factory(connections)
                .responseTimeout(Duration.ZERO)
                .maxResponseLength(0)
                .build();
    }

    @Override
    void open(int number) {
        client.execute(RequestHeaders.of(
                        HttpMethod.GET,
                        PATH,
                        HttpHeaderNames.AUTHORIZATION,
                        bearer(number),
                        HttpHeaderNames.ACCEPT,
                        "text/event-stream"))
                .subscribe(new Reader());
    }

    /** Reads the ids of the messages: the first is that of the place where the stream begins. */
    private final class Reader implements Subscriber<HttpObject> {
        private final StringBuilder line = new StringBuilder();
        private boolean begun;

        @Override
        public void onSubscribe(Subscription subscription) {
            subscription.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(HttpObject piece) {
            if (piece instanceof HttpData data) {
                data.toStringUtf8().chars().forEach(this::read);
            }
        }

        private void read(int character) {
            if (character != '\n') {
                line.append((char) character);
                return;
            }
            if (line.indexOf(ID) == 0) {
                if (begun) {
                    hasGot(line.substring(ID.length()));
                } else {
                    begun = true;
                    hasBegun();
                }
            }
            line.setLength(0);
        }

        @Override
        public void onError(Throwable thrown) {
            hasEnded();
        }

        @Override
        public void onComplete() {
            hasEnded();
        }
    }

    @Override
    public void close() {
        connections.close();
    }
}
