package dev.rekindle.platform.rpc;

import com.google.protobuf.Any;
import com.google.protobuf.Message;
import com.google.protobuf.UInt32Value;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.grpc.xds.shaded.io.envoyproxy.envoy.config.cluster.v3.Cluster;
import io.grpc.xds.shaded.io.envoyproxy.envoy.config.core.v3.Address;
import io.grpc.xds.shaded.io.envoyproxy.envoy.config.core.v3.AggregatedConfigSource;
import io.grpc.xds.shaded.io.envoyproxy.envoy.config.core.v3.ConfigSource;
import io.grpc.xds.shaded.io.envoyproxy.envoy.config.core.v3.Locality;
import io.grpc.xds.shaded.io.envoyproxy.envoy.config.core.v3.SocketAddress;
import io.grpc.xds.shaded.io.envoyproxy.envoy.config.endpoint.v3.ClusterLoadAssignment;
import io.grpc.xds.shaded.io.envoyproxy.envoy.config.endpoint.v3.Endpoint;
import io.grpc.xds.shaded.io.envoyproxy.envoy.config.endpoint.v3.LbEndpoint;
import io.grpc.xds.shaded.io.envoyproxy.envoy.config.endpoint.v3.LocalityLbEndpoints;
import io.grpc.xds.shaded.io.envoyproxy.envoy.config.listener.v3.ApiListener;
import io.grpc.xds.shaded.io.envoyproxy.envoy.config.listener.v3.Listener;
import io.grpc.xds.shaded.io.envoyproxy.envoy.config.route.v3.Route;
import io.grpc.xds.shaded.io.envoyproxy.envoy.config.route.v3.RouteAction;
import io.grpc.xds.shaded.io.envoyproxy.envoy.config.route.v3.RouteConfiguration;
import io.grpc.xds.shaded.io.envoyproxy.envoy.config.route.v3.RouteMatch;
import io.grpc.xds.shaded.io.envoyproxy.envoy.config.route.v3.VirtualHost;
import io.grpc.xds.shaded.io.envoyproxy.envoy.extensions.filters.http.router.v3.Router;
import io.grpc.xds.shaded.io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager;
import io.grpc.xds.shaded.io.envoyproxy.envoy.extensions.filters.network.http_connection_manager.v3.HttpFilter;
import io.grpc.xds.shaded.io.envoyproxy.envoy.service.discovery.v3.AggregatedDiscoveryServiceGrpc;
import io.grpc.xds.shaded.io.envoyproxy.envoy.service.discovery.v3.DiscoveryRequest;
import io.grpc.xds.shaded.io.envoyproxy.envoy.service.discovery.v3.DiscoveryResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A control plane by the xDS protocol (v3, aggregated) for one service: says where its instances are, and when that changes. */
final class ControlPlane implements AutoCloseable {
    private static final String ENDPOINTS =
            "type.googleapis.com/" + ClusterLoadAssignment.getDescriptor().getFullName();

    private final String service;
    private final Server server;
    private final Set<Talk> talks = ConcurrentHashMap.newKeySet();
    private volatile List<Integer> ports = List.of();
    private final AtomicInteger version = new AtomicInteger(1);

    ControlPlane(String service) throws IOException {
        this.service = service;
        this.server = NettyServerBuilder.forAddress(
                        new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), InsecureServerCredentials.create())
                .addService(new AggregatedDiscoveryServiceGrpc.AggregatedDiscoveryServiceImplBase() {
                    @Override
                    public StreamObserver<DiscoveryRequest> streamAggregatedResources(
                            StreamObserver<DiscoveryResponse> answers) {
                        Talk talk = new Talk(answers);
                        talks.add(talk);
                        return talk;
                    }
                })
                .build()
                .start();
    }

    /** How a process is told of this control plane. */
    String bootstrap() {
        return """
                {"xds_servers": [{"server_uri": "127.0.0.1:%d", "channel_creds": [{"type": "insecure"}],
                  "server_features": ["xds_v3"]}], "node": {"id": "test"}}""".formatted(server.getPort());
    }

    /** The instances are at these ports from now on. */
    void instancesAt(List<Integer> now) {
        ports = List.copyOf(now);
        version.incrementAndGet();
        talks.forEach(talk -> talk.send(ENDPOINTS));
    }

    private final class Talk implements StreamObserver<DiscoveryRequest> {
        private final StreamObserver<DiscoveryResponse> answers;

        Talk(StreamObserver<DiscoveryResponse> answers) {
            this.answers = answers;
        }

        @Override
        public void onNext(DiscoveryRequest request) {
            if (request.hasErrorDetail()) {
                throw new IllegalStateException(request.getErrorDetail().getMessage());
            }
            if (request.getResponseNonce().isEmpty()
                    && !request.getResourceNamesList().isEmpty()) {
                send(request.getTypeUrl());
            }
        }

        synchronized void send(String type) {
            answers.onNext(DiscoveryResponse.newBuilder()
                    .setTypeUrl(type)
                    .setVersionInfo(String.valueOf(version.get()))
                    .setNonce(type + version.get())
                    .addResources(resource(type.substring(type.lastIndexOf('.') + 1)))
                    .build());
        }

        @Override
        public void onError(Throwable thrown) {
            talks.remove(this);
        }

        @Override
        public void onCompleted() {
            talks.remove(this);
            answers.onCompleted();
        }
    }

    private Any resource(String type) {
        Message resource = switch (type) {
            case "Listener" -> listener();
            case "Cluster" ->
                Cluster.newBuilder()
                        .setName(service)
                        .setType(Cluster.DiscoveryType.EDS)
                        .setEdsClusterConfig(Cluster.EdsClusterConfig.newBuilder()
                                .setEdsConfig(
                                        ConfigSource.newBuilder().setAds(AggregatedConfigSource.getDefaultInstance())))
                        .setLbPolicy(Cluster.LbPolicy.ROUND_ROBIN)
                        .build();
            case "ClusterLoadAssignment" -> assignment();
            case String other -> throw new IllegalArgumentException(other);
        };
        return Any.pack(resource);
    }

    private Listener listener() {
        Route route = Route.newBuilder()
                .setMatch(RouteMatch.newBuilder().setPrefix(""))
                .setRoute(RouteAction.newBuilder().setCluster(service))
                .build();
        HttpConnectionManager http = HttpConnectionManager.newBuilder()
                .setRouteConfig(RouteConfiguration.newBuilder()
                        .setName(service)
                        .addVirtualHosts(VirtualHost.newBuilder()
                                .setName(service)
                                .addDomains("*")
                                .addRoutes(route)))
                .addHttpFilters(
                        HttpFilter.newBuilder().setName("router").setTypedConfig(Any.pack(Router.getDefaultInstance())))
                .build();
        return Listener.newBuilder()
                .setName(service)
                .setApiListener(ApiListener.newBuilder().setApiListener(Any.pack(http)))
                .build();
    }

    private ClusterLoadAssignment assignment() {
        LocalityLbEndpoints.Builder here = LocalityLbEndpoints.newBuilder()
                .setLocality(Locality.newBuilder().setRegion("here"))
                .setLoadBalancingWeight(UInt32Value.of(1));
        ports.forEach(port -> here.addLbEndpoints(LbEndpoint.newBuilder()
                .setEndpoint(Endpoint.newBuilder()
                        .setAddress(Address.newBuilder()
                                .setSocketAddress(SocketAddress.newBuilder()
                                        .setAddress("127.0.0.1")
                                        .setPortValue(port))))));
        return ClusterLoadAssignment.newBuilder()
                .setClusterName(service)
                .addEndpoints(here)
                .build();
    }

    @Override
    public void close() {
        server.shutdownNow();
    }
}
