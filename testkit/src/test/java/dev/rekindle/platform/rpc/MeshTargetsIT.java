package dev.rekindle.platform.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rekindle.jobs.v1.CancelJobRequest;
import dev.rekindle.jobs.v1.CreateJobRequest;
import dev.rekindle.jobs.v1.GetJobRequest;
import dev.rekindle.jobs.v1.JobSpec;
import dev.rekindle.jobs.v1.JobsServiceGrpc;
import dev.rekindle.jobs.v1.RestorationSpec;
import dev.rekindle.platform.Closer;
import dev.rekindle.platform.telemetry.Telemetry;
import dev.rekindle.testkit.Eventually;
import dev.rekindle.testkit.Mesh;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** How the instances of a service are found, how calls are spread over them, and which are sent again. */
@Tag("OPS-09")
class MeshTargetsIT {
    private static final String ID = "018f0000-0000-7000-8000-000000000001";
    private static final CreateJobRequest CREATE = CreateJobRequest.newBuilder()
            .addPhotoIds(ID)
            .setSpec(JobSpec.newBuilder()
                    .setRestoration(RestorationSpec.newBuilder().setRestore(true)))
            .build();

    private final Closer closer = new Closer();
    private final Telemetry telemetry = closer.add(Mesh.telemetry());
    private final Greeter one = closer.add(new Greeter("one", null, telemetry));
    private final Greeter two = closer.add(new Greeter("two", null, telemetry));

    @AfterEach
    void end() {
        closer.close();
    }

    private JobsServiceGrpc.JobsServiceBlockingStub stub(String target) {
        RpcChannel channel = closer.add(RpcChannel.open(
                RpcTarget.clear(target, JobsServiceGrpc.getServiceDescriptor()),
                () -> Mesh.tokens("gateway").sign(Mesh.user("ada")),
                telemetry));
        return JobsServiceGrpc.newBlockingStub(channel.channel());
    }

    private JobsServiceGrpc.JobsServiceBlockingStub both() {
        JobsServiceGrpc.JobsServiceBlockingStub stub =
                stub("static:///127.0.0.1:" + one.port() + ",127.0.0.1:" + two.port());
        Eventually.holds(() -> assertThat(answers(stub, 2)).containsOnlyKeys("one", "two"));
        one.calls.set(0);
        two.calls.set(0);
        return stub;
    }

    private static Map<String, Integer> answers(JobsServiceGrpc.JobsServiceBlockingStub stub, int calls) {
        Map<String, Integer> answers = new HashMap<>();
        for (int call = 0; call < calls; call++) {
            answers.merge(who(stub), 1, Integer::sum);
        }
        return answers;
    }

    private static String who(JobsServiceGrpc.JobsServiceBlockingStub stub) {
        return stub.getJob(GetJobRequest.newBuilder().setJobId(ID).build())
                .getJob()
                .getUserId();
    }

    @Test
    void calls_are_spread_evenly_over_a_list_of_addresses() {
        assertThat(answers(both(), 20)).isEqualTo(Map.of("one", 10, "two", 10));
    }

    @Test
    void all_addresses_of_a_name_are_used_and_an_unknown_name_of_a_list_is_left_out() {
        assertThat(who(stub("dns:///localhost:" + one.port()))).isEqualTo("one");
        assertThat(who(stub("static:///no-such-host.invalid:1,localhost:" + two.port())))
                .isEqualTo("two");
        assertThat(catchThrowableOfType(
                                StatusRuntimeException.class, () -> who(stub("static:///no-such-host.invalid:1")))
                        .getStatus()
                        .getCode())
                .isEqualTo(Status.Code.UNAVAILABLE);
    }

    @Test
    void an_instance_that_dies_fails_no_read_and_no_creation() {
        JobsServiceGrpc.JobsServiceBlockingStub stub = both();
        one.close();

        assertThat(answers(stub, 20)).isEqualTo(Map.of("two", 20));
        assertThat(stub.createJob(CREATE).getJob().getUserId()).isEqualTo("two");
    }

    @Test
    void a_read_that_an_instance_turned_away_is_sent_to_another() {
        JobsServiceGrpc.JobsServiceBlockingStub stub = both();
        one.refusals.set(1);
        two.refusals.set(1);

        who(stub);

        assertThat(one.calls.get() + two.calls.get()).isEqualTo(3);
    }

    @Test
    void a_creation_without_an_id_is_given_one_and_is_sent_again_under_the_same() {
        JobsServiceGrpc.JobsServiceBlockingStub stub = both();
        one.refusals.set(1);
        two.refusals.set(1);

        var _ = stub.createJob(CREATE);

        List<String> ids = new java.util.ArrayList<>(one.requestIds);
        ids.addAll(two.requestIds);
        assertThat(ids).hasSize(3).doesNotContain("");
        assertThat(ids.stream().distinct()).hasSize(1);

        var _ = stub.createJob(CREATE.toBuilder().setRequestId("mine").build());
        ids.clear();
        ids.addAll(one.requestIds);
        ids.addAll(two.requestIds);
        assertThat(ids).contains("mine").hasSize(4);
    }

    @Test
    void a_call_that_is_not_as_good_twice_as_once_is_never_sent_again() {
        JobsServiceGrpc.JobsServiceBlockingStub stub = both();
        one.refusals.set(1);
        two.refusals.set(1);

        StatusRuntimeException refused = catchThrowableOfType(
                StatusRuntimeException.class,
                () -> stub.cancelJob(CancelJobRequest.newBuilder().setJobId(ID).build()));

        assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
        assertThat(one.calls.get() + two.calls.get()).isEqualTo(1);
    }

    @Test
    void the_deadline_of_a_call_is_passed_on_to_the_calls_it_makes() throws Exception {
        JobsServiceGrpc.JobsServiceBlockingStub stub = both();
        GetJobRequest request = GetJobRequest.newBuilder().setJobId(ID).build();
        try (ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
                Context.CancellableContext call = Context.current().withDeadlineAfter(5, TimeUnit.SECONDS, timer)) {
            assertThat(call.call(() -> stub.getJob(request)).getJob().getRevision())
                    .isBetween(1L, 5_000L);
        }
        assertThat(stub.getJob(request).getJob().getRevision()).as("by default").isBetween(25_000L, 30_000L);
    }

    @Test
    void a_control_plane_says_where_instances_are_and_when_that_changes() throws Exception {
        try (ControlPlane control = new ControlPlane("jobs")) {
            control.instancesAt(List.of(one.port()));
            System.setProperty("io.grpc.xds.bootstrapConfig", control.bootstrap());
            JobsServiceGrpc.JobsServiceBlockingStub stub = stub("xds:///jobs");
            assertThat(who(stub)).isEqualTo("one");

            control.instancesAt(List.of(one.port(), two.port()));
            Eventually.holds(() -> assertThat(answers(stub, 4)).containsOnlyKeys("one", "two"));

            control.instancesAt(List.of(two.port()));
            Eventually.holds(() -> assertThat(answers(stub, 4)).containsOnlyKeys("two"));
        } finally {
            System.clearProperty("io.grpc.xds.bootstrapConfig");
        }
    }
}
