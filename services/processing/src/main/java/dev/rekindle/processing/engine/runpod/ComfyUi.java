package dev.rekindle.processing.engine.runpod;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import java.util.Map;
import java.util.Optional;

/**
 * A worker of one's own with ComfyUI, version 5 or later. The workflow comes from configuration; in its texts
 * {@code {{prompt}}}, {@code {{negative_prompt}}}, {@code {{image}}} and {@code {{seed}}} are filled in. A text that is
 * {@code {{seed}}} and nothing else becomes a number.
 *
 * @param workflow JSON text, already checked
 */
record ComfyUi(String workflow) implements Adapter {
    private static final String IMAGE_NAME = "rekindle-input.jpg";
    private static final String PROMPT = "{{prompt}}";
    private static final String IMAGE = "{{image}}";
    private static final String SEED = "{{seed}}";

    /** What is wrong with a workflow; empty if nothing is. */
    static String problem(String workflow) {
        try {
            if (!JsonParser.parseString(workflow).isJsonObject()) {
                return "is no JSON object; expected a workflow in ComfyUI's API format.";
            }
        } catch (JsonParseException e) {
            return "is no JSON; expected a workflow in ComfyUI's API format.";
        }
        for (String place : new String[] {PROMPT, IMAGE}) {
            if (!workflow.contains(place)) {
                return "has no place " + place + ".";
            }
        }
        return "";
    }

    @Override
    public boolean wantsPictureInline() {
        return true;
    }

    @Override
    public JsonObject input(Wish wish) {
        Map<String, String> places = Map.of(
                PROMPT,
                wish.prompt(),
                "{{negative_prompt}}",
                wish.negative(),
                IMAGE,
                IMAGE_NAME,
                SEED,
                String.valueOf(Math.abs(wish.seed())));
        JsonObject image = new JsonObject();
        image.addProperty("name", IMAGE_NAME);
        image.addProperty("image", wish.pictures().getFirst());
        JsonArray images = new JsonArray();
        images.add(image);
        JsonObject input = new JsonObject();
        input.add("workflow", filled(JsonParser.parseString(workflow), places));
        input.add("images", images);
        return input;
    }

    private static JsonElement filled(JsonElement element, Map<String, String> places) {
        if (element.isJsonObject()) {
            JsonObject object = new JsonObject();
            element.getAsJsonObject().asMap().forEach((name, value) -> object.add(name, filled(value, places)));
            return object;
        }
        if (element.isJsonArray()) {
            JsonArray array = new JsonArray();
            element.getAsJsonArray().forEach(value -> array.add(filled(value, places)));
            return array;
        }
        if (!element.isJsonPrimitive() || !element.getAsJsonPrimitive().isString()) {
            return element;
        }
        String text = element.getAsString();
        if (text.equals(SEED)) {
            return new JsonPrimitive(Long.parseLong(places.getOrDefault(SEED, "0")));
        }
        for (Map.Entry<String, String> place : places.entrySet()) {
            text = text.replace(place.getKey(), place.getValue());
        }
        return new JsonPrimitive(text);
    }

    @Override
    public Optional<Result> result(JsonElement output) {
        if (!output.isJsonObject()
                || !(output.getAsJsonObject().get("images") instanceof JsonArray images)
                || images.isEmpty()
                || !images.get(images.size() - 1).isJsonObject()) {
            return Optional.empty();
        }
        JsonObject last = images.get(images.size() - 1).getAsJsonObject();
        if (!last.has("type") || !last.has("data")) {
            return Optional.empty();
        }
        String data = last.get("data").getAsString();
        return switch (last.get("type").getAsString()) {
            case "s3_url" -> Optional.of(new Result.At(data));
            case "base64" -> Result.decoded(data);
            default -> Optional.empty();
        };
    }
}
