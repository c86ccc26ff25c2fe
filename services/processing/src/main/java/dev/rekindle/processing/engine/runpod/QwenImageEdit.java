package dev.rekindle.processing.engine.runpod;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import dev.rekindle.processing.picture.PictureSize;
import java.util.Optional;

/**
 * RunPod's public endpoints of Qwen's picture editor.
 *
 * @param several true for the 2511 one, which takes a list of pictures
 * @param size of the result, as the endpoint calls it; empty for that of the picture
 * @param sideMax pixels of the longer side that may be asked for, where the size is that of the picture; 0 asks for none
 */
record QwenImageEdit(boolean several, String size, int sideMax) implements Adapter {
    @Override
    public boolean wantsPictureInline() {
        return false;
    }

    @Override
    public JsonObject input(Wish wish) {
        JsonObject input = new JsonObject();
        input.addProperty("prompt", wish.prompt());
        JsonArray images = new JsonArray();
        wish.pictures().forEach(picture -> images.add(wish.inline() ? "data:image/jpeg;base64," + picture : picture));
        if (several) {
            input.add("images", images);
        } else {
            input.add("image", images.get(0));
        }
        if (!size.isEmpty()) {
            input.addProperty("size", size);
        } else if (sideMax > 0) {
            // Left to itself the endpoint answers in a shape of its own.
            PictureSize asked = wish.size().fittedInto(PictureSize.square(sideMax));
            input.addProperty("size", asked.width() + "*" + asked.height());
        }
        input.addProperty("negative_prompt", wish.negative());
        input.addProperty("seed", wish.seed());
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
