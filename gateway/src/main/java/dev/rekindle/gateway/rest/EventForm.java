package dev.rekindle.gateway.rest;

import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.MediaType;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** How the messages of a stream look over HTTP. */
sealed interface EventForm {
    /** Server-sent events, as browsers read them. */
    MediaType EVENT_STREAM = MediaType.EVENT_STREAM;

    /** One JSON value a line. */
    MediaType LINES = MediaType.create("application", "x-ndjson");

    /** What the client should set for. */
    MediaType type();

    /** One message. */
    HttpData message(Message message);

    /** Nothing happened for a while; says that the stream still stands. */
    HttpData keepAlive();

    /** The stream ended as it should. */
    HttpData end();

    /** The stream broke; the problem tells why. */
    HttpData error(String problem);

    /** The form for a type, for messages of that description. */
    static EventForm of(MediaType type, Descriptor message) {
        return type.equals(LINES)
                ? new Lines()
                : new Events(
                        idFields(message),
                        FieldPath.find(message, "event.transient"),
                        FieldPath.find(message, "resync"));
    }

    /** Where messages of these contracts carry the id that resumes their stream. */
    private static List<FieldPath> idFields(Descriptor message) {
        return List.of("event_id", "event.id", "ready.resume_after", "resync.resume_after").stream()
                .map(name -> FieldPath.find(message, name))
                .filter(Objects::nonNull)
                .filter(path -> path.last().getJavaType() == FieldDescriptor.JavaType.STRING)
                .toList();
    }

    /**
     * Server-sent events: the id resumes the stream, "end" tells a browser not to connect again, "error" carries a
     * problem.
     */
    record Events(
            List<FieldPath> idFields,
            @Nullable FieldPath transientMark,
            @Nullable FieldPath resync) implements EventForm {
        @Override
        public MediaType type() {
            return EVENT_STREAM;
        }

        @Override
        public HttpData message(Message message) {
            String id = id(message);
            String line = id != null ? "id: " + id + "\n" : forgetsId(message) ? "id\n" : "";
            return HttpData.ofUtf8(line + "data: " + JsonTranscoder.write(message) + "\n\n");
        }

        /** There is nothing to resume from: a browser that kept its id would only be told so again. */
        private boolean forgetsId(Message message) {
            return resync != null && message.hasField(resync.last());
        }

        private @Nullable String id(Message message) {
            if (transientMark != null && transientMark.text(message).equals("true")) {
                return null; // it is kept nowhere, so that its id resumes nothing; the browser keeps the one before
            }
            return idFields.stream()
                    .map(path -> path.text(message))
                    .filter(text -> !text.isEmpty() && text.chars().noneMatch(c -> c < ' '))
                    .findFirst()
                    .orElse(null);
        }

        @Override
        public HttpData keepAlive() {
            return HttpData.ofUtf8(": keep-alive\n\n");
        }

        @Override
        public HttpData end() {
            return HttpData.ofUtf8("event: end\ndata: {}\n\n");
        }

        @Override
        public HttpData error(String problem) {
            return HttpData.ofUtf8("event: error\ndata: " + problem + "\n\n");
        }
    }

    /** One JSON value a line; an empty line keeps alive; a last line {@code {"error": …}} tells of a problem. */
    record Lines() implements EventForm {
        @Override
        public MediaType type() {
            return LINES;
        }

        @Override
        public HttpData message(Message message) {
            return HttpData.ofUtf8(JsonTranscoder.write(message) + "\n");
        }

        @Override
        public HttpData keepAlive() {
            return HttpData.ofUtf8("\n");
        }

        @Override
        public HttpData end() {
            return HttpData.empty();
        }

        @Override
        public HttpData error(String problem) {
            return HttpData.ofUtf8("{\"error\":" + problem + "}\n");
        }
    }
}
