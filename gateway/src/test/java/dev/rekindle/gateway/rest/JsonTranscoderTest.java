package dev.rekindle.gateway.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.google.protobuf.Message;
import com.linecorp.armeria.common.QueryParams;
import dev.rekindle.credits.v1.GetCostReportRequest;
import dev.rekindle.jobs.v1.CreateJobRequest;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.jobs.v1.JobState;
import dev.rekindle.jobs.v1.ListJobsRequest;
import dev.rekindle.jobs.v1.RetryDeadLettersResponse;
import dev.rekindle.jobs.v1.UpdateLaneRequest;
import dev.rekindle.platform.rpc.Failure;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Tag("CARD-03")
class JsonTranscoderTest {

    private static Failure refusal(Runnable reading) {
        Throwable thrown = catchThrowable(reading::run);
        assertThat(thrown).isInstanceOf(Failure.class);
        return (Failure) thrown;
    }

    private static Failure refusal(String json, Message.Builder into) {
        return refusal(() -> JsonTranscoder.read(json, "", into));
    }

    @Test
    void zeroes_and_empty_lists_are_written_absent_messages_are_not() {
        String json = JsonTranscoder.write(
                Job.newBuilder().setId("j").setState(JobState.JOB_STATE_QUEUED).build());
        assertThat(json)
                .contains(
                        "\"state\":\"JOB_STATE_QUEUED\"",
                        "\"creditCost\":0",
                        "\"outputs\":[]",
                        "\"costMicroUsd\":\"0\"")
                .doesNotContain("progress", "\n");
    }

    @Test
    void both_names_of_a_field_are_read() {
        CreateJobRequest.Builder request = CreateJobRequest.newBuilder();
        JsonTranscoder.read("{\"photo_ids\":[\"a\"],\"clientId\":\"c\"}", "", request);
        assertThat(request.getPhotoIdsList()).containsExactly("a");
        assertThat(request.getClientId()).isEqualTo("c");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "{\"spec\":{\"restoration\":{\"hints\":[{\"points\":[{\"x\":\"left\"}]}]}}} | spec.restoration.hints[0].points[0].x",
                "{\"spec\":{\"restoration\":[]}}                     | spec.restoration",
                "{\"spec\":\"restore\"}                              | spec",
                "{\"photoIds\":{\"a\":1}}                            | photo_ids",
                "{\"photoIds\":[{}]}                                 | photo_ids[0]",
                "{\"creditCostMax\":1.5}                             | credit_cost_max",
                "{\"creditCostMax\":99999999999}                     | credit_cost_max",
                "{\"allowDuplicate\":\"yes\"}                        | allow_duplicate",
                "{\"priority\":\"SOON\"}                             | priority",
                "{\"creditCostMax\":[5]}                             | credit_cost_max",
                "{\"creditCostMax\":\"٥\"}                           | credit_cost_max",
                "{\"clientId\":[\"a\"]}                             | client_id",
                "{\"spec\":[{\"restoration\":{}}]}                  | spec",
                "{\"clientId\":\"a\",\"clientId\":\"b\"}             | clientId",
                "{\"spec\":{\"image\":{\"outputs\":[{},{\"name\":\"a\",\"name\":\"b\"}]}}} | spec.image.outputs[1].name",
                "{\"colour\":1}                                      | colour",
                "{\"clientId\":\"a\",\"client_id\":\"b\"}            | client_id",
                "{\"spec\":{\"animation\":{\"duration\":\"long\"}}}  | spec.animation.duration",
                "{\"spec\":{\"restoration\":{},\"composition\":{}}}  | spec.composition"
            })
    void each_fault_is_named_by_its_path(String json, String path) {
        assertThat(refusal(json, CreateJobRequest.newBuilder()).violations())
                .extracting(Failure.Violation::field)
                .containsExactly(path);
    }

    @Test
    void a_field_as_the_body_has_its_name_before_it() {
        Failure failure = refusal(() -> JsonTranscoder.read(
                "{\"activeMax\":\"many\"}",
                "limits",
                UpdateLaneRequest.newBuilder().getLimitsBuilder()));
        assertThat(failure.violations()).extracting(Failure.Violation::field).containsExactly("limits.active_max");
    }

    @Test
    void a_fault_in_a_map_names_its_key() {
        Failure failure = refusal("{\"refused\":{\"a\":{}}}", RetryDeadLettersResponse.newBuilder());
        assertThat(failure.violations()).extracting(Failure.Violation::field).containsExactly("refused[a]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{\"a\":1} x",
                "{'a':1}",
                "{a:1}",
                "{\"a\":1,}",
                "[1,]",
                "{\"a\":tru}",
                "{\"a\":01}",
                "// x",
                "{\"a\":NaN}"
            })
    void what_is_nearly_json_is_not_json(String text) {
        assertThat(refusal(text, CreateJobRequest.newBuilder()).message()).startsWith("The body is not valid JSON: ");
    }

    @Test
    void the_place_of_a_syntax_error_is_told() {
        assertThat(refusal("{\n\n  \"a\": ]\n}", CreateJobRequest.newBuilder()).message())
                .isEqualTo("The body is not valid JSON: line 3, column 9.");
    }

    @Test
    void depth_has_a_limit() {
        assertThat(refusal("[".repeat(5000), CreateJobRequest.newBuilder()).message())
                .startsWith("The body is not valid JSON");
    }

    @Test
    void a_query_fills_nested_fields_and_refuses_what_it_cannot() {
        GetCostReportRequest.Builder request = GetCostReportRequest.newBuilder();
        QueryBinder binder = new QueryBinder(GetCostReportRequest.getDescriptor(), List.of(), true);
        binder.bind(QueryParams.of("from.year", "2026", "to.month", "3"), request);
        assertThat(request.getFrom().getYear()).isEqualTo(2026);
        assertThat(request.getTo().getMonth()).isEqualTo(3);

        Failure failure = refusal(() -> binder.bind(QueryParams.of("from", "2026", "from.week", "1"), request));
        assertThat(failure.violations())
                .extracting(Failure.Violation::field, Failure.Violation::description)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                "from", "is an object; give its fields, such as from.year, from.month, from.day."),
                        org.assertj.core.groups.Tuple.tuple(
                                "from.week", "is not a parameter of this call; expected one of from, to."));
    }

    @Test
    void a_query_cannot_say_what_the_path_says() {
        FieldPath photo = new FieldPath(List.of(ListJobsRequest.getDescriptor().findFieldByName("photo_id")));
        QueryBinder binder = new QueryBinder(ListJobsRequest.getDescriptor(), List.of(photo), true);
        assertThat(refusal(() -> binder.bind(QueryParams.of("photoId", "x"), ListJobsRequest.newBuilder()))
                        .message())
                .contains("is given by the path");
        QueryBinder closed = new QueryBinder(ListJobsRequest.getDescriptor(), List.of(), false);
        assertThat(refusal(() -> closed.bind(QueryParams.of("pageSize", "1"), ListJobsRequest.newBuilder()))
                        .message())
                .contains("expected none");
    }

    @Test
    @Tag("API-01")
    void what_is_copied_out_of_an_answer_stands_there_as_it_is() {
        String odd = "whsec_a/+=&<>'\\u003d\\\"\u0001\u2028ä";
        String json = JsonTranscoder.write(CreateJobRequest.newBuilder().setClientId(odd));
        assertThat(json).contains("\"clientId\":\"whsec_a/+=&<>'\\\\u003d\\\\\\\"\\u0001\\u2028ä\"");
        CreateJobRequest.Builder read = CreateJobRequest.newBuilder();
        JsonTranscoder.read(json, "", read);
        assertThat(read.getClientId()).isEqualTo(odd);
    }
}
