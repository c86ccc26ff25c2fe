package dev.rekindle.processing.engine.runpod;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import dev.rekindle.processing.picture.PictureSize;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** The language of one kind of endpoint: what it is sent and what it answers. */
interface Adapter {

    /** A result. */
    sealed interface Result {
        /** To be fetched there. */
        record At(String url) implements Result {}

        /** In the answer itself. */
        record Here(ByteString bytes) implements Result {}

        /** What base64 stands for, with or without the head of a data URI; empty if it is none. */
        static Optional<Result> decoded(String base64) {
            try {
                int comma = base64.startsWith("data:") ? base64.indexOf(',') : -1;
                byte[] bytes = Base64.getMimeDecoder().decode(base64.substring(comma + 1));
                return Optional.of(new Here(ByteString.copyFrom(bytes)));
            } catch (IllegalArgumentException e) {
                return Optional.empty();
            }
        }
    }

    /**
     * What a request is for.
     *
     * @param negative what is to be avoided
     * @param pictures addresses, or where they are in the request the base64 of JPEGs
     * @param inline true if the pictures are in the request
     * @param seconds a clip is to last; 0 for pictures
     * @param size of the first picture
     */
    record Wish(
            String prompt,
            String negative,
            List<String> pictures,
            boolean inline,
            long seed,
            double seconds,
            PictureSize size) {}

    /** True if the picture must be in the request. */
    boolean wantsPictureInline();

    /** The input of a request. */
    JsonObject input(Wish wish);

    /** The result in an output; empty if this is none. */
    Optional<Result> result(JsonElement output);

    static Adapter of(RunPodConfig config) {
        return switch (config.work()) {
            case PHOTOS ->
                switch (config.model()) {
                    case QWEN_IMAGE_EDIT -> new QwenImageEdit(false, "", 0);
                    case QWEN_IMAGE_EDIT_2511 -> new QwenImageEdit(true, "", config.sideMax());
                    case COMFYUI -> new ComfyUi(config.workflow());
                };
            case ANIMATION -> new ImageToVideo(config.film());
            case COMPOSITION -> new QwenImageEdit(true, config.film().size(), 0);
        };
    }
}
