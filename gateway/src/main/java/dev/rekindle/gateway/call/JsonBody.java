package dev.rekindle.gateway.call;

import com.google.gson.JsonElement;
import com.google.gson.JsonIOException;
import com.google.gson.JsonParser;
import com.google.gson.JsonSyntaxException;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.ServiceRequestContext;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The JSON body of a request, read strictly: UTF-8, one object, nothing after it. */
public final class JsonBody {
    private static final Pattern PLACE = Pattern.compile("at line (\\d+) column (\\d+)");
    private static final int DEPTH_MAX = 64;

    private JsonBody() {}

    /**
     * The text of a body; empty where there is none. Blocks until it is whole.
     *
     * @throws HttpRefusal 415 if it is said to be anything but JSON
     * @throws com.linecorp.armeria.common.ContentTooLargeException if it is longer
     */
    public static String text(ServiceRequestContext ctx, HttpRequest req, long bytesMax) {
        ctx.setMaxRequestLength(bytesMax);
        AggregatedHttpRequest whole = req.aggregate().join();
        if (whole.content().isEmpty()) {
            return "";
        }
        MediaType type = whole.contentType();
        if (type == null || !type.is(MediaType.JSON.withoutParameters()) || !isUtf8(type)) {
            throw HttpRefusal.unsupportedType(type == null ? "" : type.toString(), "application/json in UTF-8");
        }
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(whole.content().array()))
                    .toString();
        } catch (CharacterCodingException e) {
            throw Failure.of(Reason.REASON_INVALID_REQUEST, "The body is not valid UTF-8.");
        }
    }

    private static boolean isUtf8(MediaType type) {
        try {
            return type.charset(StandardCharsets.UTF_8).equals(StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return false; // a name that no Java knows
        }
    }

    /**
     * The text as JSON.
     *
     * @throws Failure INVALID_REQUEST that tells the place where it stops being JSON, or the name that an object has twice
     */
    public static JsonElement parse(String text) {
        JsonReader reader = reader(text);
        try {
            refuseTwice(reader(text));
            JsonElement element = JsonParser.parseReader(reader);
            if (reader.peek() != JsonToken.END_DOCUMENT) {
                throw malformed("something follows the JSON value", null);
            }
            return element;
        } catch (JsonSyntaxException | JsonIOException | IOException e) {
            throw malformed(place(e), e);
        }
    }

    private static JsonReader reader(String text) {
        JsonReader reader = new JsonReader(new StringReader(text));
        reader.setStrictness(Strictness.STRICT);
        reader.setNestingLimit(DEPTH_MAX);
        return reader;
    }

    /** Two values under one name: whichever were taken, the client may have meant the other. */
    private static void refuseTwice(JsonReader reader) throws IOException {
        Deque<Set<String>> names = new ArrayDeque<>();
        for (JsonToken token = reader.peek(); token != JsonToken.END_DOCUMENT; token = reader.peek()) {
            switch (token) {
                case BEGIN_OBJECT -> {
                    reader.beginObject();
                    names.push(new HashSet<>());
                }
                case END_OBJECT -> {
                    reader.endObject();
                    names.pop();
                }
                case BEGIN_ARRAY -> reader.beginArray();
                case END_ARRAY -> reader.endArray();
                case NAME -> {
                    String name = reader.nextName();
                    if (!names.element().add(name)) {
                        throw Failure.invalid(
                                reader.getPath().substring("$.".length()), "is given twice; expected once.");
                    }
                }
                case STRING, NUMBER, BOOLEAN, NULL -> reader.skipValue();
                case END_DOCUMENT -> throw new IllegalStateException("the loop ends there");
            }
        }
    }

    private static String place(Exception e) {
        Matcher place = PLACE.matcher(String.valueOf(e.getMessage()));
        return place.find() ? "line " + place.group(1) + ", column " + place.group(2) : "it ends too early";
    }

    private static Failure malformed(String place, @org.jspecify.annotations.Nullable Exception cause) {
        return Failure.of(Reason.REASON_INVALID_REQUEST, "The body is not valid JSON: " + place + ".")
                .withDetail(cause == null ? "" : String.valueOf(cause.getMessage()), cause);
    }
}
