package dev.rekindle.platform.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.google.protobuf.Duration;
import com.google.protobuf.Message;
import dev.rekindle.common.v1.MediaType;
import dev.rekindle.credits.v1.GrantCreditsRequest;
import dev.rekindle.credits.v1.RevokeApiKeyRequest;
import dev.rekindle.credits.v1.VerifyApiKeyRequest;
import dev.rekindle.jobs.v1.AnnotateDeadLetterRequest;
import dev.rekindle.jobs.v1.CreateJobRequest;
import dev.rekindle.jobs.v1.CreateUploadRequest;
import dev.rekindle.jobs.v1.DiscardDeadLettersRequest;
import dev.rekindle.jobs.v1.DrainLaneRequest;
import dev.rekindle.jobs.v1.ImageOutputSpec;
import dev.rekindle.jobs.v1.ImageSpec;
import dev.rekindle.jobs.v1.JobSpec;
import dev.rekindle.jobs.v1.LaneLimits;
import dev.rekindle.jobs.v1.ListJobsRequest;
import dev.rekindle.jobs.v1.PauseLaneRequest;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is refused before any method sees it. */
class RequestValidatorTest {
    private final RequestValidator validator = new RequestValidator();

    @Test
    void a_text_with_nul_is_refused_wherever_it_is() {
        Failure flat = catchThrowableOfType(
                Failure.class,
                () -> validator.check(
                        CreateUploadRequest.newBuilder().setFilename("a\0b").build()));
        assertThat(flat.violations()).hasSize(1).first().satisfies(violation -> {
            assertThat(violation.field()).isEqualTo("filename");
            assertThat(violation.description()).contains("U+0000");
        });
        JobSpec nested = JobSpec.newBuilder()
                .setImage(ImageSpec.newBuilder()
                        .addOutputs(ImageOutputSpec.newBuilder().setName("fine"))
                        .addOutputs(ImageOutputSpec.newBuilder().setName("n\0")))
                .build();
        Failure deep = catchThrowableOfType(Failure.class, () -> validator.check(nested));
        assertThat(deep.violations()).extracting(Failure.Violation::field).contains("image.outputs[1].name");
        validator.check(CreateUploadRequest.newBuilder().setFilename("Oma.jpg").build());
    }

    private List<String> descriptions(Message message) {
        Failure failure = catchThrowableOfType(Failure.class, () -> validator.check(message));
        return failure.violations().stream().map(Failure.Violation::description).toList();
    }

    @Test
    void values_that_may_be_taken_are_told_by_name() {
        assertThat(descriptions(ImageOutputSpec.newBuilder()
                        .setName("o")
                        .setFormat(MediaType.MEDIA_TYPE_GIF)
                        .build()))
                .containsExactly("is MEDIA_TYPE_GIF; expected one of MEDIA_TYPE_JPEG, MEDIA_TYPE_PNG, MEDIA_TYPE_WEBP, "
                        + "MEDIA_TYPE_AVIF");
    }

    @Test
    void what_breaks_a_rule_is_told_with_what_was_expected() {
        assertThat(descriptions(ListJobsRequest.newBuilder().setPageSize(-3).build()))
                .anySatisfy(told -> assertThat(told).startsWith("is -3; must be"));
        assertThat(descriptions(
                        RevokeApiKeyRequest.newBuilder().setApiKeyId("no-uuid").build()))
                .anySatisfy(told -> assertThat(told).startsWith("is \"no-uuid\"; must be"));
        assertThat(descriptions(CreateJobRequest.newBuilder().addPhotoIds("x").build()))
                .anySatisfy(told -> assertThat(told).startsWith("is \"x\"; must be"));
        assertThat(descriptions(CreateUploadRequest.newBuilder()
                        .setFilename("x".repeat(5_000))
                        .build()))
                .anySatisfy(told -> assertThat(told).startsWith("has 5000 characters; must be"));
        assertThat(descriptions(PauseLaneRequest.newBuilder().setLane("No!").build()))
                .anySatisfy(told -> assertThat(told).startsWith("is \"No!\"; does not match"));
        assertThat(descriptions(
                        CreateJobRequest.newBuilder().setPriorityValue(7).build()))
                .anySatisfy(told -> assertThat(told).startsWith("is 7; value must be one of"));
        assertThat(descriptions(LaneLimits.newBuilder()
                        .setAttemptTimeout(Duration.newBuilder().setNanos(1_000_000))
                        .build()))
                .containsExactly("is 0.001s; must be greater than or equal to 1s and less than or equal to 86400s");
        assertThat(descriptions(VerifyApiKeyRequest.newBuilder()
                        .setSecret("s".repeat(5_000))
                        .build()))
                .isNotEmpty()
                .allSatisfy(told -> assertThat(told).startsWith("must").doesNotContain("sss"));
    }

    /** Words that are kept and shown to somebody who asks why. */
    private static List<Message> withWords(String words) {
        String job = "0199a1b2-0000-7000-8000-0000000000aa";
        return List.of(
                PauseLaneRequest.newBuilder()
                        .setLane("free_tier")
                        .setReason(words)
                        .build(),
                DrainLaneRequest.newBuilder()
                        .setLane("free_tier")
                        .setReason(words)
                        .build(),
                AnnotateDeadLetterRequest.newBuilder()
                        .setJobId(job)
                        .setText(words)
                        .build(),
                DiscardDeadLettersRequest.newBuilder()
                        .addJobIds(job)
                        .setReason(words)
                        .build(),
                GrantCreditsRequest.newBuilder()
                        .setUserId("anna")
                        .setAmount(1)
                        .setReason(words)
                        .setRequestId("r-1")
                        .build());
    }

    @Test
    void reasons_and_notes_that_say_nothing_are_refused_by_name() {
        for (String blank : List.of("   ", "\t\n", "\u00a0\u3000", "\u200b")) {
            for (Message message : withWords(blank)) {
                assertThat(catchThrowableOfType(Failure.class, () -> validator.check(message))
                                .violations())
                        .as("%s", message)
                        .singleElement()
                        .satisfies(violation -> {
                            assertThat(violation.field()).isIn("reason", "text");
                            assertThat(violation.description()).isEqualTo("is blank; expected words");
                        });
            }
        }
        withWords(" Störung, 故障 ").forEach(validator::check);
        withWords("!").forEach(validator::check);
    }
}
