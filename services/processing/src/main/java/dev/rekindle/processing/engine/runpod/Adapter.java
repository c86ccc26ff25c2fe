package dev.rekindle.processing.engine.runpod;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.protobuf.ByteString;
import java.util.Optional;

/** The language of one kind of endpoint: what it is sent and what it answers. */
interface Adapter {

    /** A result. */
    sealed interface Result {
        /** To be fetched there. */
        record At(String url) implements Result {}

        /** In the answer itself. */
        record Here(ByteString bytes) implements Result {}
    }

    /** True if the picture must be in the request. */
    boolean wantsPictureInline();

    /**
     * The input of a request.
     *
     * @param picture an address, or where it is in the request the base64 of a JPEG
     * @param inline true if the picture is in the request
     */
    JsonObject input(String prompt, String negativePrompt, String picture, boolean inline, long seed);

    /** The result in an output; empty if this is none. */
    Optional<Result> result(JsonElement output);

    static Adapter of(RunPodConfig config) {
        return switch (config.model()) {
            case QWEN_IMAGE_EDIT -> new QwenImageEdit(false);
            case QWEN_IMAGE_EDIT_2511 -> new QwenImageEdit(true);
            case COMFYUI -> new ComfyUi(config.workflow());
        };
    }
}
