package dev.rekindle.platform.telemetry;

import dev.rekindle.platform.config.Settings;
import io.grpc.ClientInterceptor;
import io.grpc.ServerInterceptor;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.grpc.MetricCollectingClientInterceptor;
import io.micrometer.core.instrument.binder.grpc.MetricCollectingServerInterceptor;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.opentelemetry.api.OpenTelemetry;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.exporter.otlp.trace.OtlpGrpcSpanExporter;
import io.opentelemetry.instrumentation.grpc.v1_6.GrpcTelemetry;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SdkTracerProviderBuilder;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.net.URI;

/**
 * Traces and metrics of one process. Trace ids are always made, so that logs can be joined; spans leave the process only
 * where {@code telemetry.otlp_endpoint} is set. Metrics are read by Prometheus from the process's health port.
 */
public final class Telemetry implements AutoCloseable {
    private final PrometheusMeterRegistry metrics;
    private final OpenTelemetrySdk openTelemetry;
    private final GrpcTelemetry rpcTracing;

    private Telemetry(PrometheusMeterRegistry metrics, OpenTelemetrySdk openTelemetry) {
        this.metrics = metrics;
        this.openTelemetry = openTelemetry;
        this.rpcTracing = GrpcTelemetry.create(openTelemetry);
    }

    /** Telemetry of a process of that name. */
    public static Telemetry start(String process, Settings settings) {
        Settings telemetry = settings.under("telemetry");
        URI endpoint = telemetry.uri("otlp_endpoint", URI.create(""));
        double sampled = telemetry.fraction("sampled_share", 1.0, 0.0, 1.0);
        PrometheusMeterRegistry metrics = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        metrics.config().commonTags("process", process);
        new JvmMemoryMetrics().bindTo(metrics);
        new JvmThreadMetrics().bindTo(metrics);
        new ProcessorMetrics().bindTo(metrics);
        @SuppressWarnings("resource") // lives as long as the process
        JvmGcMetrics gc = new JvmGcMetrics();
        gc.bindTo(metrics);
        SdkTracerProviderBuilder tracing = SdkTracerProvider.builder()
                .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(sampled)))
                .setResource(Resource.getDefault().toBuilder()
                        .put(AttributeKey.stringKey("service.name"), "rekindle-" + process)
                        .build());
        if (!endpoint.toString().isEmpty()) {
            tracing.addSpanProcessor(BatchSpanProcessor.builder(OtlpGrpcSpanExporter.builder()
                            .setEndpoint(endpoint.toString())
                            .build())
                    .build());
        }
        OpenTelemetrySdk openTelemetry = OpenTelemetrySdk.builder()
                .setTracerProvider(tracing.build())
                .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
                .build();
        return new Telemetry(metrics, openTelemetry);
    }

    public MeterRegistry metrics() {
        return metrics;
    }

    public OpenTelemetry openTelemetry() {
        return openTelemetry;
    }

    public Tracer tracer(String component) {
        return openTelemetry.getTracer(component);
    }

    /** All metrics in the text format of Prometheus. */
    public String scrape() {
        return metrics.scrape();
    }

    public ServerInterceptor rpcServerMetrics() {
        return new MetricCollectingServerInterceptor(metrics);
    }

    public ServerInterceptor rpcServerTracing() {
        return rpcTracing.createServerInterceptor();
    }

    public ClientInterceptor rpcClientMetrics() {
        return new MetricCollectingClientInterceptor(metrics);
    }

    public ClientInterceptor rpcClientTracing() {
        return rpcTracing.createClientInterceptor();
    }

    @Override
    public void close() {
        openTelemetry.close();
        metrics.close();
    }
}
