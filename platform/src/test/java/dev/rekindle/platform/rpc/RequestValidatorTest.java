package dev.rekindle.platform.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.rekindle.jobs.v1.CreateUploadRequest;
import dev.rekindle.jobs.v1.ImageOutputSpec;
import dev.rekindle.jobs.v1.ImageSpec;
import dev.rekindle.jobs.v1.JobSpec;
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
}
