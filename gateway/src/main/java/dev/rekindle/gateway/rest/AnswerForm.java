package dev.rekindle.gateway.rest;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Message;
import com.linecorp.armeria.common.MediaType;
import dev.rekindle.jobs.v1.Job;
import java.util.List;
import java.util.function.Function;

/**
 * How an answer looks: as JSON, and a job also in forms for those who only want to know how far it is.
 *
 * @param type what the client asks for
 */
public record AnswerForm(MediaType type, Function<Message, String> write) {
    private static final AnswerForm JSON = new AnswerForm(MediaType.JSON, JsonTranscoder::write);
    private static final List<AnswerForm> OF_JOBS = List.of(
            JSON,
            new AnswerForm(MediaType.create("application", "vnd.rekindle.status+json"), of(JobStatus::compact)),
            new AnswerForm(MediaType.APPLICATION_XML_UTF_8, of(job -> MessageXml.write("job", job))),
            new AnswerForm(MediaType.PLAIN_TEXT_UTF_8, of(JobStatus::text)));

    /** The forms there are of messages of that type, the usual one first. */
    public static List<AnswerForm> of(Descriptor type) {
        return type.equals(Job.getDescriptor()) ? OF_JOBS : List.of(JSON);
    }

    private static Function<Message, String> of(Function<Job, String> write) {
        return message -> write.apply((Job) message);
    }
}
