package dev.rekindle.processing.engine.runpod;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.util.List;
import java.util.Optional;

/**
 * RunPod's public endpoints that make a clip of a picture (Wan), and workers of one's own that take the same. They answer with
 * the address of the video, or with its base64.
 */
record ImageToVideo(RunPodConfig.Film film) implements Adapter {
    /** What endpoints call the video in their output. */
    private static final List<String> NAMES = List.of("video_url", "result", "video");

    @Override
    public boolean wantsPictureInline() {
        return false;
    }

    @Override
    public JsonObject input(Wish wish) {
        String picture = wish.pictures().getFirst();
        JsonObject input = new JsonObject();
        input.addProperty("prompt", wish.prompt());
        input.addProperty("image", wish.inline() ? "data:image/jpeg;base64," + picture : picture);
        input.addProperty("negative_prompt", wish.negative());
        input.addProperty("duration", film.secondsFor(wish.seconds()));
        if (!film.size().isEmpty()) {
            input.addProperty("size", film.size());
        }
        input.addProperty("seed", wish.seed());
        input.addProperty("enable_safety_checker", true);
        return input;
    }

    @Override
    public Optional<Result> result(JsonElement output) {
        if (!output.isJsonObject()) {
            return Optional.empty();
        }
        for (String name : NAMES) {
            JsonElement video = output.getAsJsonObject().get(name);
            if (video != null && video.isJsonPrimitive()) {
                String text = video.getAsString();
                return text.startsWith("http") ? Optional.of(new Result.At(text)) : Result.decoded(text);
            }
        }
        return Optional.empty();
    }
}
