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

    private static final String HTML = "=&<>'";

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

    /** Writes a message as one line of JSON, in which secrets and addresses stand as they are copied. */
    static String write(MessageOrBuilder message) {
        try {
            return plain(PRINTER.print(message));
        } catch (InvalidProtocolBufferException e) {
            throw Failure.internal("An answer has no JSON form.", e);
        }
    }

    /** The printer writes {@code = & < > '} as HTML would need them. This is JSON, and is never read as anything else. */
    private static String plain(String json) {
        if (!json.contains("\\u00")) {
            return json;
        }
        StringBuilder plain = new StringBuilder(json.length());
        int at = 0;
        while (at < json.length()) {
            char c = json.charAt(at);
            if (c != '\\') {
                plain.append(c);
                at++;
            } else if (json.charAt(at + 1) != 'u') {
                plain.append(c).append(json.charAt(at + 1));
                at += 2;
            } else {
                char escaped = (char) Integer.parseInt(json, at + 2, at + 6, 16);
                if (HTML.indexOf(escaped) >= 0) {
                    plain.append(escaped);
                } else {
                    plain.append(json, at, at + 6);
                }
                at += 6;
            }
        }
        return plain.toString();
    }
}
