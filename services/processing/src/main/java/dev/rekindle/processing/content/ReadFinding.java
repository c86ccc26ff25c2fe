package dev.rekindle.processing.content;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.util.Locale;

/** Reads the service's answer: {@code {"verdict": "allow" | "flag" | "refuse", "reason": "…"}}. */
final class ReadFinding {
    private static final int REASON_CHARS_MAX = 500;

    private ReadFinding() {}

    /**
     * Reads.
     *
     * @throws IOException if it is no answer
     */
    static Finding of(ByteString body) throws IOException {
        try {
            JsonObject answer = JsonParser.parseString(body.toStringUtf8()).getAsJsonObject();
            return new Finding(verdict(answer.get("verdict")), reason(answer.get("reason")));
        } catch (JsonParseException | IllegalStateException | UnsupportedOperationException e) {
            throw new IOException("the answer is no JSON object with a verdict", e);
        }
    }

    private static Finding.Verdict verdict(JsonElement said) throws IOException {
        if (said != null && said.isJsonPrimitive()) {
            for (Finding.Verdict verdict : Finding.Verdict.values()) {
                if (verdict.name().toLowerCase(Locale.ROOT).equals(said.getAsString())) {
                    return verdict;
                }
            }
        }
        throw new IOException(
                "the answer's verdict is " + shown(String.valueOf(said), 40) + "; expected allow, flag or refuse");
    }

    private static String reason(JsonElement said) {
        return said == null || said.isJsonNull() ? "" : shown(said.getAsString(), REASON_CHARS_MAX);
    }

    /** One line of it: it is shown to people, and tables take no NUL. */
    private static String shown(String text, int charsMax) {
        String line = text.replaceAll("\\p{Cntrl}", " ").strip();
        return line.substring(0, line.offsetByCodePoints(0, Math.min(charsMax, line.codePointCount(0, line.length()))));
    }
}
