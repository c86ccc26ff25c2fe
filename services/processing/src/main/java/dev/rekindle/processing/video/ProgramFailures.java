package dev.rekindle.processing.video;

import dev.rekindle.common.v1.Reason;
import dev.rekindle.platform.rpc.Failure;
import java.util.List;

/** What the end of a program that failed means for its job: told by its exit code and by what it said. */
final class ProgramFailures {
    private static final int SIGNALLED = 128;
    private static final int SIGABRT = 6;
    private static final int SIGKILL = 9;
    private static final int SIGSEGV = 11;
    private static final int SIGXCPU = 24;
    private static final int SIGXFSZ = 25;
    private static final int NOT_EXECUTABLE = 126;
    private static final int NOT_FOUND = 127;
    private static final int DETAIL_CHARS_MAX = 2_000;

    private record Sign(String said, Reason reason, String message) {}

    /** In this order, because what is wrong with the machine shows itself as broken media too. */
    private static final List<Sign> SIGNS = List.of(
            new Sign(
                    "No space left on device",
                    Reason.REASON_OVERLOADED,
                    "The server's disk is full for the moment. Please try again."),
            new Sign(
                    "Cannot allocate memory",
                    Reason.REASON_NOT_ENOUGH_MEMORY,
                    "The video needs more memory than it may."),
            new Sign("malloc of size", Reason.REASON_NOT_ENOUGH_MEMORY, "The video needs more memory than it may."),
            new Sign(
                    "error while loading shared libraries",
                    Reason.REASON_UNIMPLEMENTED,
                    "Videos cannot be processed on this server: a library of FFmpeg is missing."),
            new Sign(
                    "Unknown encoder",
                    Reason.REASON_UNIMPLEMENTED,
                    "This server's FFmpeg cannot write the codec that was asked for."),
            new Sign(
                    "Picture size",
                    Reason.REASON_TOO_MANY_PIXELS,
                    "The frames of the video have more pixels than is taken here."),
            new Sign(
                    "Decoder not found",
                    Reason.REASON_UNSUPPORTED_MEDIA,
                    "The video is coded in a way that cannot be read here."),
            new Sign(
                    "no decoder found",
                    Reason.REASON_UNSUPPORTED_MEDIA,
                    "The video is coded in a way that cannot be read here."),
            new Sign(
                    "moov atom not found",
                    Reason.REASON_CORRUPT_MEDIA,
                    "The video has no index; the file is truncated."),
            new Sign("Invalid data found", Reason.REASON_CORRUPT_MEDIA, "The video is broken and cannot be read."),
            new Sign(
                    "File ended prematurely",
                    Reason.REASON_CORRUPT_MEDIA,
                    "The video ends too early; the file is truncated."),
            new Sign(
                    "Not yet implemented in FFmpeg",
                    Reason.REASON_UNSUPPORTED_MEDIA,
                    "The video is coded in a way that cannot be read here."),
            new Sign("End of file", Reason.REASON_CORRUPT_MEDIA, "The video ends too early; the file is truncated."),
            new Sign("Invalid argument", Reason.REASON_CORRUPT_MEDIA, "The video is broken and cannot be read."),
            new Sign("does not contain any stream", Reason.REASON_CORRUPT_MEDIA, "The video has no pictures."));

    private ProgramFailures() {}

    /** The failure that a program's end was. */
    static Failure of(String program, RunProgram.Ended ended) {
        String said = ended.errors();
        String detail = program + " ended with " + ended.exit() + ": "
                + said.substring(Math.max(0, said.length() - DETAIL_CHARS_MAX));
        return reasoned(ended).withDetail(detail, null);
    }

    private static Failure reasoned(RunProgram.Ended ended) {
        switch (ended.exit() - SIGNALLED) {
            case SIGKILL -> {
                return Failure.of(
                        Reason.REASON_NOT_ENOUGH_MEMORY, "The system ended the work on the video; it lacks memory.");
            }
            case SIGXCPU -> {
                return Failure.of(Reason.REASON_JOB_TIMEOUT, "The video took more computing time than it may.");
            }
            case SIGXFSZ -> {
                return Failure.of(Reason.REASON_TOO_LARGE, "The output would be larger than it may.");
            }
            case SIGSEGV, SIGABRT -> {
                return Failure.of(Reason.REASON_CORRUPT_MEDIA, "The video is broken so that its decoder gave up.");
            }
            default -> {
                // Not a signal that says why.
            }
        }
        if (ended.exit() == NOT_EXECUTABLE || ended.exit() == NOT_FOUND) {
            return Failure.of(
                    Reason.REASON_UNIMPLEMENTED, "Videos cannot be processed on this server: FFmpeg does not start.");
        }
        for (Sign sign : SIGNS) {
            if (ended.errors().contains(sign.said())) {
                return Failure.of(sign.reason(), sign.message());
            }
        }
        return Failure.of(Reason.REASON_INTERNAL, "The video could not be processed. Please try again.");
    }
}
