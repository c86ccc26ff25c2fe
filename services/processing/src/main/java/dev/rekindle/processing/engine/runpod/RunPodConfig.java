package dev.rekindle.processing.engine.runpod;

import dev.rekindle.common.v1.JobType;
import dev.rekindle.platform.circuit.CircuitRule;
import dev.rekindle.platform.config.Secret;
import dev.rekindle.platform.config.Settings;
import dev.rekindle.platform.net.Network;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * How work is done on RunPod. Without a key or an endpoint it is not.
 *
 * @param endpoint id of the serverless endpoint
 * @param baseUrl of the API, without the endpoint
 * @param model what runs on the endpoint, which decides the shape of what it is sent
 * @param input how the picture gets there
 * @param workflow of ComfyUI, as JSON text with places for prompt, picture and seed; empty for other models
 * @param networksAllowed addresses that are not public and may serve results, by plain HTTP too
 */
public record RunPodConfig(
        String endpoint,
        Secret key,
        URI baseUrl,
        Model model,
        Input input,
        String workflow,
        Prompts prompts,
        Prices prices,
        Times times,
        CircuitRule circuit,
        List<Network> networksAllowed) {
    /** A run takes minutes, and a trial that tells nothing has likely died with its job. */
    private static final CircuitRule CIRCUIT = CircuitRule.ofSeconds(3, 600, 60, 900);

    private static final URI API = URI.create("https://api.runpod.ai/v2");

    /** What runs on the endpoint. */
    public enum Model {
        QWEN_IMAGE_EDIT,
        QWEN_IMAGE_EDIT_2511,
        COMFYUI
    }

    /** How a picture gets to RunPod. */
    public enum Input {
        /** As a signed address of the store where clients reach the store, else within the request. */
        AUTO,
        URL,
        INLINE
    }

    /**
     * What the model is told to do.
     *
     * @param negative what it is told to avoid
     */
    public record Prompts(String restore, String colourize, String both, String negative) {
        /** The words for a type of job. */
        String of(JobType type) {
            return switch (type) {
                case JOB_TYPE_RESTORATION -> restore;
                case JOB_TYPE_COLOURIZATION -> colourize;
                case JOB_TYPE_COMBINED -> both;
                case JOB_TYPE_IMAGE,
                        JOB_TYPE_VIDEO,
                        JOB_TYPE_ANIMATION,
                        JOB_TYPE_COMPOSITION,
                        JOB_TYPE_PREPARATION,
                        JOB_TYPE_UNSPECIFIED,
                        UNRECOGNIZED -> throw new IllegalArgumentException(type + " is no work for this engine");
            };
        }
    }

    /**
     * What work costs where the answer does not say so.
     *
     * @param secondMicroUsd a second of execution
     * @param imageMicroUsd a picture; also counted where nobody knows whether a picture was made
     */
    public record Prices(long secondMicroUsd, long imageMicroUsd) {}

    /**
     * How long things may take.
     *
     * @param callMax one call of the API
     * @param queueMax from submitting until a GPU begins
     * @param executionMax on the GPU
     * @param pollMin between two looks at first; waits grow up to pollMax
     * @param limitedMax how long a job waits for a limit of rate before it goes back to the queue
     */
    public record Times(
            Duration callMax,
            Duration queueMax,
            Duration executionMax,
            Duration pollMin,
            Duration pollMax,
            Duration limitedMax) {}

    public static RunPodConfig from(Settings settings) {
        Settings runpod = settings.under("runpod");
        Model model = runpod.choice("model", Model.QWEN_IMAGE_EDIT);
        boolean comfy = model == Model.COMFYUI;
        return new RunPodConfig(
                endpoint(runpod),
                runpod.secret("key", ""),
                baseUrl(runpod),
                model,
                runpod.choice("input", Input.AUTO),
                workflow(runpod, comfy),
                prompts(runpod.under("prompt")),
                new Prices(
                        runpod.number("price.second_micro_usd", comfy ? 340 : 0, 0, 1_000_000),
                        runpod.number("price.image_micro_usd", comfy ? 0 : 20_000, 0, 100_000_000)),
                times(runpod),
                CircuitRule.from(runpod, CIRCUIT),
                networks(runpod));
    }

    /** True if there is an endpoint to send work to. */
    public boolean isConfigured() {
        return !key.isEmpty() && !endpoint.isEmpty();
    }

    private static String endpoint(Settings runpod) {
        String endpoint = runpod.text("endpoint", "");
        if (!endpoint.matches("[A-Za-z0-9_-]{0,100}")) {
            runpod.problem("endpoint", "is \"" + endpoint + "\"; expected letters, digits, - and _.");
        }
        if (endpoint.isEmpty() == runpod.has("key")) {
            runpod.problem("endpoint", "and runpod.key go together; expected both or neither.");
        }
        return endpoint;
    }

    private static URI baseUrl(Settings runpod) {
        URI url = runpod.uri("base_url", API);
        String host = url.getHost();
        boolean safe = "https".equals(url.getScheme()) || ("http".equals(url.getScheme()) && isLoopback(host));
        if (host == null || !safe) {
            runpod.problem("base_url", "is \"" + url + "\"; expected https://…, or http:// at a loopback address.");
        }
        return url;
    }

    private static boolean isLoopback(@org.jspecify.annotations.Nullable String host) {
        try {
            return host != null && InetAddress.ofLiteral(host).isLoopbackAddress();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static String workflow(Settings runpod, boolean comfy) {
        Path file = runpod.path("workflow", Path.of(""));
        if (!comfy) {
            return "";
        }
        try {
            String text = Files.readString(file);
            String wrong = ComfyUi.problem(text);
            if (!wrong.isEmpty()) {
                runpod.problem("workflow", "names " + file + ", which " + wrong);
            }
            return text;
        } catch (IOException e) {
            runpod.problem("workflow", "is \"" + file + "\", which cannot be read; expected a workflow of ComfyUI.");
            return "";
        }
    }

    private static Prompts prompts(Settings prompt) {
        String keep = " Keep every person's face, expression, age and hair, the clothes, the background and the framing"
                + " exactly as they are. Add nothing and remove nothing else.";
        return new Prompts(
                prompt.text(
                        "restore",
                        "Restore this old photograph: remove scratches, dust, stains, creases and tears, reduce noise,"
                                + " undo fading and sharpen gently. Keep its colours; a black-and-white photograph stays"
                                + " black-and-white."
                                + keep),
                prompt.text(
                        "colourize",
                        "Colourize this black-and-white photograph with natural, historically plausible colours and"
                                + " realistic skin tones."
                                + keep),
                prompt.text(
                        "both",
                        "Restore and colourize this old photograph: remove scratches, dust, stains, creases and tears,"
                                + " reduce noise, undo fading, then give it natural, historically plausible colours and"
                                + " realistic skin tones."
                                + keep),
                prompt.text(
                        "negative",
                        "changed face, different person, extra people, extra fingers, text, watermark, frame, painting,"
                                + " cartoon, plastic skin, oversaturated"));
    }

    private static Times times(Settings runpod) {
        Duration second = Duration.ofSeconds(1);
        Duration millis = Duration.ofMillis(1);
        Duration hour = Duration.ofHours(1);
        return new Times(
                runpod.duration("call_max", Duration.ofSeconds(10), millis, Duration.ofMinutes(2)),
                runpod.duration("queue_max", Duration.ofMinutes(3), second, hour),
                runpod.duration("execution_max", Duration.ofMinutes(3), Duration.ofSeconds(5), hour),
                runpod.duration("poll_min", Duration.ofMillis(500), millis, Duration.ofMinutes(1)),
                runpod.duration("poll_max", Duration.ofSeconds(3), millis, Duration.ofMinutes(1)),
                runpod.duration("limited_max", Duration.ofSeconds(30), millis, hour));
    }

    private static List<Network> networks(Settings runpod) {
        List<Network> networks = new ArrayList<>();
        for (String text : runpod.list("networks_allowed", List.of())) {
            try {
                networks.add(Network.parse(text));
            } catch (IllegalArgumentException e) {
                runpod.problem("networks_allowed", "has \"" + text + "\"; expected networks such as 127.0.0.0/8.");
            }
        }
        return List.copyOf(networks);
    }
}
