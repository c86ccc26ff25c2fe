package dev.rekindle.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.jobs.v1.CreateJobResponse;
import dev.rekindle.jobs.v1.GetJobResponse;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobsServiceGrpc;
import dev.rekindle.platform.rpc.Identity;
import dev.rekindle.platform.rpc.RpcService;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class RestIT {
    private static final String ID = "01890000-0000-7000-8000-000000000001";
    private static GatewayFixture fixture;

    @BeforeAll
    static void start() throws Exception {
        fixture = new GatewayFixture(RpcService.of(JobsServiceGrpc.getServiceDescriptor())
                .unary(
                        JobsServiceGrpc.getGetJobMethod(),
                        request -> GetJobResponse.newBuilder()
                                .setJob(Job.newBuilder().setId(request.getJobId()).setUserId(Identity.currentUser()))
                                .build())
                .unary(
                        JobsServiceGrpc.getCreateJobMethod(),
                        request -> CreateJobResponse.newBuilder()
                                .setJob(Job.newBuilder().setId(ID).addAllPhotoIds(request.getPhotoIdsList()))
                                .build())
                .build());
    }

    @AfterAll
    static void stop() {
        fixture.close();
    }

    @Test
    @Tag("CARD-03")
    void a_get_is_the_bare_resource_of_its_caller() throws Exception {
        HttpResponse<String> response = fixture.send(fixture.as("ada", "/v1/jobs/" + ID));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).contains("\"id\":\"" + ID + "\"").contains("\"userId\":\"ada\"");
    }

    @Test
    @Tag("API-02")
    void a_bad_id_is_a_problem() throws Exception {
        HttpResponse<String> response = fixture.send(fixture.as("ada", "/v1/jobs/xyz"));

        System.out.println(response.headers().map());
        System.out.println(response.body());
        assertThat(response.statusCode()).isEqualTo(400);
    }

    @Test
    @Tag("API-02")
    void a_bad_body_is_a_problem() throws Exception {
        HttpResponse<String> response = fixture.send(fixture.as("ada", "/v1/jobs")
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString("{\"photoIds\":[\"" + ID + "\"],\"spec\":{\"restoration\":{\"restore\":1,\"x\":2}}}")));

        System.out.println(response.headers().map());
        System.out.println(response.body());
        assertThat(response.statusCode()).isEqualTo(400);
    }
}
