package dev.rekindle.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.v1.GetJobResponse;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobError;
import dev.rekindle.jobs.v1.JobProgress;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.jobs.v1.JobsServiceGrpc;
import dev.rekindle.jobs.v1.ListJobsResponse;
import dev.rekindle.platform.rpc.RpcService;
import java.io.StringReader;
import java.net.http.HttpResponse;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;
import org.xml.sax.InputSource;

/** The forms of a job's status, and tags that save sending it again. */
@Tag("API-03")
class JobFormsIT {
    private static final String ID = "01890000-0000-7000-8000-000000000001";
    private static final String PATH = "/v1/jobs/" + ID;
    private static final Job USUAL = Job.newBuilder()
            .setId(ID)
            .setState(JobState.JOB_STATE_FAILED)
            .setProgress(JobProgress.newBuilder().setPercent(42.5).setStage("mend_damage"))
            .addReport("one <line>")
            .addReport("and \u0007 another")
            .setError(
                    JobError.newBuilder().setReason(Reason.REASON_CORRUPT_MEDIA).setMessage("It is\nbroken & cut."))
            .build();
    private static GatewayFixture fixture;
    private static volatile Job job = USUAL;

    @BeforeAll
    static void start() throws Exception {
        fixture = new GatewayFixture(RpcService.of(JobsServiceGrpc.getServiceDescriptor())
                .unary(
                        JobsServiceGrpc.getGetJobMethod(),
                        request -> GetJobResponse.newBuilder().setJob(job).build())
                .unary(
                        JobsServiceGrpc.getListJobsMethod(),
                        request -> ListJobsResponse.newBuilder().addJobs(job).build())
                .build());
    }

    @AfterAll
    static void stop() {
        fixture.close();
    }

    private static HttpResponse<String> get(String accept) throws Exception {
        return fixture.send(fixture.as("ada", PATH).header("Accept", accept));
    }

    private static String header(HttpResponse<String> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }

    @Test
    void json_is_the_whole_job() throws Exception {
        for (String accept : new String[] {"application/json", "*/*", "text/html, application/*;q=0.5"}) {
            HttpResponse<String> response = get(accept);
            assertThat(header(response, "content-type")).startsWith("application/json");
            assertThat(JsonParser.parseString(response.body()).getAsJsonObject().has("spec"))
                    .isFalse();
            assertThat(response.body()).contains("\"report\":[\"one <line>\"");
            assertThat(header(response, "x-content-type-options"))
                    .as("what is no HTML is never read as such")
                    .isEqualTo("nosniff");
            assertThat(header(response, "vary")).containsIgnoringCase("accept");
        }
    }

    @Test
    void compact_json_is_the_status_alone() throws Exception {
        HttpResponse<String> response = get("application/vnd.rekindle.status+json");
        assertThat(header(response, "content-type")).startsWith("application/vnd.rekindle.status+json");
        JsonObject json = JsonParser.parseString(response.body()).getAsJsonObject();
        assertThat(json.keySet()).containsExactly("id", "state", "percent", "stage", "reason");
        assertThat(json.get("state").getAsString()).isEqualTo("FAILED");
        assertThat(json.get("reason").getAsString()).isEqualTo("CORRUPT_MEDIA");
    }

    @Test
    void xml_is_well_formed_whatever_the_texts() throws Exception {
        HttpResponse<String> response = get("application/xml");
        assertThat(header(response, "content-type")).startsWith("application/xml");
        Element root = DocumentBuilderFactory.newDefaultInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(response.body())))
                .getDocumentElement();
        assertThat(root.getTagName()).isEqualTo("job");
        assertThat(root.getElementsByTagName("state").item(0).getTextContent()).isEqualTo("JOB_STATE_FAILED");
        assertThat(root.getElementsByTagName("report").getLength()).isEqualTo(2);
        assertThat(root.getElementsByTagName("report").item(1).getTextContent()).isEqualTo("and \ufffd another");
        assertThat(root.getElementsByTagName("percent").item(0).getTextContent())
                .isEqualTo("42.5");
    }

    @Test
    void plain_text_is_a_line_a_fact() throws Exception {
        HttpResponse<String> response = get("text/plain");
        assertThat(header(response, "content-type")).startsWith("text/plain");
        assertThat(response.body())
                .isEqualTo("id: " + ID + "\nstate: FAILED\npercent: 42.5\nstage: mend_damage\nreason: CORRUPT_MEDIA\n"
                        + "message: It is broken & cut.\n");
    }

    @Test
    void another_form_is_refused() throws Exception {
        HttpResponse<String> response = get("image/png");
        assertThat(response.statusCode()).isEqualTo(406);
        assertThat(response.body()).contains("application/xml", "text/plain", "application/vnd.rekindle.status+json");
        assertThat(fixture.send(fixture.as("ada", "/v1/jobs").header("Accept", "application/xml"))
                        .statusCode())
                .isEqualTo(406);
    }

    @Test
    @Tag("API-01")
    void what_the_client_has_is_not_sent_again() throws Exception {
        HttpResponse<String> first = get("application/json");
        String tag = header(first, "etag");
        assertThat(tag).matches("\"[A-Za-z0-9_-]{22}\"");
        assertThat(header(first, "cache-control")).isEqualTo("private, no-cache");
        for (String known : new String[] {tag, "\"other\", W/" + tag, "*"}) {
            HttpResponse<String> again = fixture.send(fixture.as("ada", PATH).header("If-None-Match", known));
            assertThat(again.statusCode()).isEqualTo(304);
            assertThat(again.body()).isEmpty();
            assertThat(header(again, "etag")).isEqualTo(tag);
        }
        assertThat(fixture.send(fixture.as("ada", PATH)
                                .header("Accept", "text/plain")
                                .header("If-None-Match", tag))
                        .statusCode())
                .as("another form has another tag")
                .isEqualTo(200);
        assertThat(header(fixture.send(fixture.as("ada", "/v1/jobs")), "etag")).isNotEmpty();
        job = USUAL.toBuilder().setRevision(2).build();
        try {
            HttpResponse<String> changed = fixture.send(fixture.as("ada", PATH).header("If-None-Match", tag));
            assertThat(changed.statusCode()).isEqualTo(200);
        } finally {
            job = USUAL;
        }
    }
}
