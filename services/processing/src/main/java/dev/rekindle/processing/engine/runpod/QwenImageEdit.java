package dev.rekindle.processing.engine.runpod;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.Optional;

/**
 * RunPod's public endpoints of Qwen's picture editor.
 *
 * @param several true for the 2511 one, which takes a list of pictures
 */
record QwenImageEdit(boolean several) implements Adapter {
    @Override
    public boolean wantsPictureInline() {
        return false;
    }

    @Override
    public JsonObject input(String prompt, String negativePrompt, String picture, boolean inline, long seed) {
        JsonObject input = new JsonObject();
        input.addProperty("prompt", prompt);
        String image = inline ? "data:image/jpeg;base64," + picture : picture;
        if (several) {
            JsonArray images = new JsonArray();
            images.add(image);
            input.add("images", images);
        } else {
            input.addProperty("image", image);
        }
        input.addProperty("negative_prompt", negativePrompt);
        input.addProperty("seed", seed);
        input.addProperty("output_format", "png");
        input.addProperty("enable_safety_checker", true);
        return input;
    }

    @Override
    public Optional<Result> result(JsonElement output) {
        if (!output.isJsonObject()) {
            return Optional.empty();
        }
        JsonElement url = output.getAsJsonObject().get("image_url");
        return url != null && url.isJsonPrimitive() ? Optional.of(new Result.At(url.getAsString())) : Optional.empty();
    }
}
