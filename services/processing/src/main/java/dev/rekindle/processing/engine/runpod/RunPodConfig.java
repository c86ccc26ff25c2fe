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
import java.util.Set;

/**
 * How work of some kind is done on RunPod, by one endpoint. Without a key or an endpoint it is not.
 *
 * @param work what the endpoint does
 * @param endpoint id of the serverless endpoint
 * @param baseUrl of the API, without the endpoint
 * @param webhook where RunPod tells that a job has ended, less the token that follows after a slash; empty: it is not asked to
 * @param model what runs on the endpoint for photos, which decides the shape of what it is sent; other work has one shape
 * @param input how the picture gets there
 * @param film what the model makes besides what it is told; nothing for photos
 * @param workflow of ComfyUI, as JSON text with places for prompt, picture and seed; empty for other models
 * @param sideMax pixels of the longer side that a model is asked for that wants to be told a size
 * @param networksAllowed addresses that are not public and may serve results, by plain HTTP too
 */
public record RunPodConfig(
        Work work,
        String endpoint,
        Secret key,
        URI baseUrl,
        String webhook,
        Model model,
        Input input,
        Film film,
        String workflow,
        Prompts prompts,
        Prices prices,
        Times times,
        CircuitRule circuit,
        int sideMax,
        List<Network> networksAllowed) {
    /** A run takes minutes, and a trial that tells nothing has likely died with its job. */
    private static final CircuitRule CIRCUIT = CircuitRule.ofSeconds(3, 600, 60, 900);

    private static final long PICTURE_MICRO_USD = 20_000;
    /** Five seconds of Wan at 720p. */
    private static final long CLIP_MICRO_USD = 500_000;

    private static final Duration CLIP_MAX = Duration.ofMinutes(5);

    private static final URI API = URI.create("https://api.runpod.ai/v2");

    /** What an endpoint does. Each has one of its own, and a circuit of its own. */
    public enum Work {
        PHOTOS("runpod"),
        ANIMATION("runpod_animation"),
        COMPOSITION("runpod_composition");

        private final String circuit;

        Work(String circuit) {
            this.circuit = circuit;
        }

        /** The name of its circuit. */
        String circuit() {
            return circuit;
        }

        Set<JobType> jobTypes() {
            return switch (this) {
                case PHOTOS ->
                    Set.of(JobType.JOB_TYPE_RESTORATION, JobType.JOB_TYPE_COLOURIZATION, JobType.JOB_TYPE_COMBINED);
                case ANIMATION -> Set.of(JobType.JOB_TYPE_ANIMATION);
                case COMPOSITION -> Set.of(JobType.JOB_TYPE_COMPOSITION);
            };
        }
    }

    /** What runs on the endpoint. */
    public enum Model {
        QWEN_IMAGE_EDIT,
        QWEN_IMAGE_EDIT_2511,
        COMFYUI
    }

    /**
     * What a model makes besides what it is told.
     *
     * @param seconds lengths of clips that it can make, in whole seconds; empty for models of pictures
     * @param size of what it makes, as its endpoint calls it; empty: the model's own choice
     */
    public record Film(List<Integer> seconds, String size) {
        static final Film NONE = new Film(List.of(), "");

        /** The length to ask for where a clip is to last so long: no shorter, where the model can. */
        int secondsFor(double wanted) {
            int best = 0;
            for (int can : seconds.stream().sorted().toList()) {
                best = can;
                if (can >= wanted) {
                    break;
                }
            }
            return best;
        }
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
    public record Prompts(
            String restore, String colourize, String both, String animate, String compose, String negative) {
        /** The words for a type of job. */
        String of(JobType type) {
            return switch (type) {
                case JOB_TYPE_RESTORATION -> restore;
                case JOB_TYPE_COLOURIZATION -> colourize;
                case JOB_TYPE_COMBINED -> both;
                case JOB_TYPE_ANIMATION -> animate;
                case JOB_TYPE_COMPOSITION -> compose;
                case JOB_TYPE_IMAGE, JOB_TYPE_VIDEO, JOB_TYPE_PREPARATION, JOB_TYPE_UNSPECIFIED, UNRECOGNIZED ->
                    throw new IllegalArgumentException(type + " is no work for this engine");
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
     * @param limitedMax how long a job waits for a limit of rate before the next engine does it
     */
    public record Times(
            Duration callMax,
            Duration queueMax,
            Duration executionMax,
            Duration pollMin,
            Duration pollMax,
            Duration limitedMax) {
        Times withExecutionMax(Duration other) {
            return new Times(callMax, queueMax, other, pollMin, pollMax, limitedMax);
        }
    }

    /** One for each kind of work, those for which there is no endpoint included. */
    public static List<RunPodConfig> all(Settings settings) {
        Settings runpod = settings.under("runpod");
        RunPodConfig photos = photos(runpod);
        List<RunPodConfig> all = List.of(photos, photos.animation(runpod), photos.composition(runpod));
        if (all.stream().allMatch(one -> one.endpoint.isEmpty()) == runpod.has("key")) {
            runpod.problem("endpoint", "and runpod.key go together; expected both or neither.");
        }
        return all;
    }

    private static RunPodConfig photos(Settings runpod) {
        Model model = runpod.choice("model", Model.QWEN_IMAGE_EDIT);
        boolean comfy = model == Model.COMFYUI;
        return new RunPodConfig(
                Work.PHOTOS,
                endpoint(runpod),
                runpod.secret("key", ""),
                baseUrl(runpod),
                webhook(runpod),
                model,
                runpod.choice("input", Input.AUTO),
                Film.NONE,
                workflow(runpod, comfy),
                prompts(runpod.under("prompt")),
                new Prices(
                        runpod.number("price.second_micro_usd", comfy ? 340 : 0, 0, 1_000_000),
                        runpod.number("price.image_micro_usd", comfy ? 0 : 20_000, 0, 100_000_000)),
                times(runpod),
                CircuitRule.from(runpod, CIRCUIT),
                runpod.number("side_max", 1536, 256, 4096),
                networks(runpod));
    }

    private RunPodConfig animation(Settings runpod) {
        Settings own = runpod.under("animation");
        Film film = new Film(seconds(own), own.text("size", "1280*720"));
        return of(Work.ANIMATION, own, film, CLIP_MICRO_USD, CLIP_MAX);
    }

    private RunPodConfig composition(Settings runpod) {
        Settings own = runpod.under("composition");
        Film film = new Film(List.of(), own.text("size", "1536*1080"));
        return of(Work.COMPOSITION, own, film, PICTURE_MICRO_USD, times.executionMax());
    }

    /** The same key and ways for other work, with an endpoint of its own. */
    private RunPodConfig of(Work other, Settings own, Film made, long microUsd, Duration executionMax) {
        return new RunPodConfig(
                other,
                endpoint(own),
                key,
                baseUrl,
                webhook,
                model,
                input,
                made,
                "",
                prompts,
                new Prices(
                        own.number("price.second_micro_usd", 0, 0, 1_000_000),
                        own.number("price.image_micro_usd", microUsd, 0, 100_000_000)),
                times.withExecutionMax(
                        own.duration("execution_max", executionMax, Duration.ofSeconds(5), Duration.ofHours(1))),
                circuit,
                sideMax,
                networksAllowed);
    }

    private static List<Integer> seconds(Settings animation) {
        List<Integer> seconds = new ArrayList<>();
        for (String text : animation.list("seconds", List.of("5", "10"))) {
            if (text.matches("[1-9][0-9]?")) {
                seconds.add(Integer.valueOf(text));
            } else {
                animation.problem("seconds", "has \"" + text + "\"; expected whole seconds such as 5,10.");
            }
        }
        return List.copyOf(seconds);
    }

    /** True if there is an endpoint to send work to. */
    public boolean isConfigured() {
        return !key.isEmpty() && !endpoint.isEmpty();
    }

    /** True if RunPod is asked to tell that a job has ended. */
    public boolean wantsHints() {
        return isConfigured() && !webhook.isEmpty();
    }

    /** True if more than that may pass between two looks at a job. */
    public boolean isRarelyLookedAt(Duration most) {
        return isConfigured() && times.pollMax().compareTo(most) > 0;
    }

    private static String endpoint(Settings runpod) {
        String endpoint = runpod.text("endpoint", "");
        if (!endpoint.matches("[A-Za-z0-9_-]{0,100}")) {
            runpod.problem("endpoint", "is \"" + endpoint + "\"; expected letters, digits, - and _.");
        }
        return endpoint;
    }

    private static URI baseUrl(Settings runpod) {
        URI url = runpod.uri("base_url", API);
        if (!isSafe(url)) {
            runpod.problem("base_url", "is \"" + url + "\"; expected https://…, or http:// at a loopback address.");
        }
        return url;
    }

    private static String webhook(Settings runpod) {
        URI url = runpod.uri("webhook_url", URI.create(""));
        String text = url.toString();
        if (!text.isEmpty() && (!isSafe(url) || text.matches(".*[?#@].*"))) {
            runpod.problem(
                    "webhook_url",
                    "is \"" + url + "\"; expected https://…/v1/webhooks/runpod, or http:// at a loopback address.");
        }
        return text.endsWith("/") ? text.substring(0, text.length() - 1) : text;
    }

    private static boolean isSafe(URI url) {
        String host = url.getHost();
        return host != null
                && ("https".equals(url.getScheme()) || ("http".equals(url.getScheme()) && isLoopback(host)));
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.ofLiteral(host).isLoopbackAddress();
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
                        "animate",
                        "Bring this old photograph to life with very gentle, natural movement: people breathe, blink and"
                                + " smile slightly, hair and clothes move a little. The camera is almost still. Every"
                                + " person keeps face, age and clothes; nobody speaks, nobody comes or leaves."),
                prompt.text(
                        "compose",
                        "Bring the people of these photographs together in one natural, well-composed photograph, side"
                                + " by side, in one light and one scale, as if they had been photographed together. Keep"
                                + " every person's face, expression, age, hair and clothes exactly as they are. Leave"
                                + " nobody out and add nobody."),
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
                runpod.duration("poll_min", Duration.ofMillis(500), millis, Duration.ofMinutes(10)),
                runpod.duration("poll_max", Duration.ofSeconds(3), millis, Duration.ofMinutes(10)),
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
