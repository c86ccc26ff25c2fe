package dev.rekindle.gateway.rest;

import com.google.gson.JsonElement;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.util.JsonFormat;
import dev.rekindle.gateway.call.JsonBody;
import dev.rekindle.platform.rpc.Failure;
import dev.rekindle.platform.rpc.Failure.Violation;
import java.util.List;

/**
 * JSON and messages, by the mapping of proto3: lowerCamelCase names, 64-bit numbers as texts, times as RFC 3339. Fields
 * without presence are always written, so that a zero is a zero and an empty list a list.
 */
final class JsonTranscoder {
    private static final JsonFormat.Parser PARSER = JsonFormat.parser();
    private static final JsonFormat.Printer PRINTER =
            JsonFormat.printer().alwaysPrintFieldsWithNoPresence().omittingInsignificantWhitespace();

    private JsonTranscoder() {}

    /**
     * Reads a JSON object into a message.
     *
     * @param prefix the field the message is, for the names of violations; empty for the whole request
     * @throws Failure INVALID_REQUEST telling the place of bad JSON, or every field that does not fit
     */
    static void read(String json, String prefix, Message.Builder into) {
        if (json.isBlank()) {
            return;
        }
        JsonElement element = JsonBody.parse(json);
        Descriptor type = into.getDescriptorForType();
        List<Violation> shapes = JsonFaults.ofShape(type, element, prefix);
        if (!shapes.isEmpty()) {
            throw Failure.violations(shapes);
        }
        try {
            PARSER.merge(json, into);
        } catch (InvalidProtocolBufferException | IllegalArgumentException e) {
            List<Violation> violations = JsonFaults.all(type, element, prefix);
            throw violations.isEmpty()
                    ? Failure.invalid(prefix, "does not fit " + type.getName() + ".")
                            .withDetail(String.valueOf(e.getMessage()), e)
                    : Failure.violations(violations);
        }
    }

    /** Writes a message as one line of JSON. */
    static String write(MessageOrBuilder message) {
        try {
            return PRINTER.print(message);
        } catch (InvalidProtocolBufferException e) {
            throw Failure.internal("An answer has no JSON form.", e);
        }
    }
}
