package dev.rekindle.gateway.rest;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.v1.CreateJobRequest;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Failure.Violation;
import dev.rekindle.platform.rpc.Failures;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Fields as who sends JSON knows them. */
@Tag("API-02")
class JsonNamesTest {
    private static final JsonNames JOB = JsonNames.of(CreateJobRequest.getDescriptor());

    @ParameterizedTest
    @CsvSource({
        "photo_ids, photoIds",
        "photo_ids[12], photoIds[12]",
        "photoIds, photoIds",
        "spec.image.outputs[0].resize_mode, spec.image.outputs[0].resizeMode",
        "spec.image.outputs[0], spec.image.outputs[0]",
        "spec.restoration.no_such_field, spec.restoration.no_such_field",
        "no_such_field.photo_ids, no_such_field.photo_ids",
        "photo_ids[3, photoIds[3",
        "photo_ids.length_max, photoIds.length_max",
        "'', ''"
    })
    void names_of_the_contract_become_those_of_json(String contract, String json) {
        assertThat(JOB.name(contract)).isEqualTo(json);
    }

    @Test
    void keys_of_maps_stay_as_they_are() {
        JsonNames batch = names("CreateBatch");
        assertThat(batch.name("items[0].photo_ids[1]")).isEqualTo("items[0].photoIds[1]");
        assertThat(JsonNames.of(com.google.protobuf.Struct.getDescriptor()).name("fields[\"a_b.c_d\"].string_value"))
                .isEqualTo("fields[\"a_b.c_d\"].stringValue");
    }

    @Test
    void fields_of_a_body_begin_there_and_those_of_a_path_are_as_the_path_has_them() {
        JsonNames update = names("UpdateWebhook");
        assertThat(update.name("settings.milestones_percent[0]")).isEqualTo("milestonesPercent[0]");
        assertThat(update.name("settings")).isEqualTo("settings");
        assertThat(update.name("webhook_id")).isEqualTo("webhook_id");
    }

    private static JsonNames names(String rpc) {
        return JsonNames.of(RestBinder.bindings().stream()
                .filter(binding -> binding.rpc().proto().getName().equals(rpc))
                .findFirst()
                .orElseThrow());
    }

    @Test
    void words_and_violations_have_the_same_names_wherever_the_refusal_came_from() {
        Failure ours = Failure.violations(
                List.of(new Violation("photo_ids", "is empty.", "a"), new Violation("client_id", "is long.", "b")));
        for (RuntimeException thrown : List.of(ours, Failures.toStatus(ours))) {
            Failure named = (Failure) JOB.in(thrown);
            assertThat(named.message()).isEqualTo("photoIds: is empty. (and 1 more)");
            assertThat(named.violations())
                    .containsExactly(
                            new Violation("photoIds", "is empty.", "a"), new Violation("clientId", "is long.", "b"));
            assertThat(named.reason()).isEqualTo(Reason.REASON_INVALID_REQUEST);
        }
    }

    @Test
    void what_names_no_field_stays_as_it_is() {
        Failure failure = Failure.of(Reason.REASON_NOT_FOUND, "There is no photo_ids: 7.");
        StatusRuntimeException status = Status.UNAVAILABLE.asRuntimeException();
        IllegalStateException mistake = new IllegalStateException("photo_ids");
        assertThat(JOB.in(failure)).isSameAs(failure);
        assertThat(JOB.in(status)).isSameAs(status);
        assertThat(JOB.in(mistake)).isSameAs(mistake);
    }
}
