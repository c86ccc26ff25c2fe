package dev.rekindle.processing.engine.runpod;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/**
 * A job as RunPod tells of it.
 *
 * @param output the result once COMPLETED; before that, how far it has come, in whatever shape the worker chose
 * @param error a sentence, or the JSON text of a worker's exception; empty where there is none
 * @param executionMillis on the GPU so far; 0 where not told
 */
record RunPodJob(String id, RunPodState state, JsonElement output, String error, long executionMillis, long retries) {
    private static final int ERROR_CHARS_MAX = 2_000;
    private static final BigDecimal COST_USD_MAX = BigDecimal.valueOf(100);

    /** True if that may be the id of a job. */
    static boolean isId(String text) {
        return text.matches("[A-Za-z0-9_-]{1,200}");
    }

    /**
     * Reads one.
     *
     * @throws JsonParseException if it is none
     */
    static RunPodJob parse(String body) {
        JsonElement parsed = JsonParser.parseString(body);
        if (!parsed.isJsonObject()) {
            throw new JsonParseException("no object");
        }
        JsonObject job = parsed.getAsJsonObject();
        String id = text(job.get("id"));
        if (!isId(id)) {
            throw new JsonParseException("no id");
        }
        JsonElement output = job.get("output");
        String error = text(job.get("error"));
        return new RunPodJob(
                id,
                RunPodState.of(text(job.get("status"))),
                only(output),
                error.substring(0, Math.min(error.length(), ERROR_CHARS_MAX)),
                number(job.get("executionTime")),
                number(job.get("retries")));
    }

    /** What it has cost, in millionths of a US dollar: by its own word, else by time and picture. */
    long costMicroUsd(RunPodConfig.Prices prices) {
        if (state == RunPodState.COMPLETED && output.isJsonObject()) {
            JsonElement cost = output.getAsJsonObject().get("cost");
            if (cost != null && cost.isJsonPrimitive()) {
                try {
                    BigDecimal usd = new BigDecimal(cost.getAsString());
                    if (usd.signum() >= 0 && usd.compareTo(COST_USD_MAX) <= 0) {
                        return usd.movePointRight(6)
                                .setScale(0, RoundingMode.CEILING)
                                .longValueExact();
                    }
                } catch (NumberFormatException e) {
                    // no number: reckoned like that of others
                }
            }
        }
        long ran = executionMillis * prices.secondMicroUsd() / 1000;
        return state == RunPodState.COMPLETED ? ran + prices.imageMicroUsd() : ran;
    }

    /** How far the worker says it is, 0 to 1; -1 where it does not. */
    double fraction() {
        JsonElement told = output;
        if (told.isJsonObject()) {
            JsonObject object = told.getAsJsonObject();
            told = object.has("progress") ? object.get("progress") : object.get("percent");
        }
        if (told == null || !told.isJsonPrimitive()) {
            return -1;
        }
        try {
            double number =
                    Double.parseDouble(told.getAsString().replace("%", "").strip());
            return number >= 0 && number <= 100 ? number / 100 : -1;
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    /** Endpoints that stream gather their outputs in a list. */
    private static JsonElement only(@Nullable JsonElement output) {
        if (output == null) {
            return JsonNull.INSTANCE;
        }
        return output.isJsonArray() && output.getAsJsonArray().size() == 1
                ? output.getAsJsonArray().get(0)
                : output;
    }

    private static String text(@Nullable JsonElement value) {
        if (value == null || value.isJsonNull()) {
            return "";
        }
        return value.isJsonPrimitive() ? value.getAsString() : value.toString();
    }

    private static long number(@Nullable JsonElement value) {
        try {
            return value == null || !value.isJsonPrimitive() ? 0 : Math.clamp(value.getAsLong(), 0, 1L << 40);
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
