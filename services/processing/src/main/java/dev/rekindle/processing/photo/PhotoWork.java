package dev.rekindle.processing.photo;

import dev.rekindle.common.v1.Corners;
import dev.rekindle.common.v1.MediaMetadata;
import dev.rekindle.jobs.v1.EngineChoice;
import dev.rekindle.jobs.v1.Interpolation;
import dev.rekindle.media.MediaHeader;
import dev.rekindle.processing.engine.AnimationResult;
import dev.rekindle.processing.picture.Picture;
import dev.rekindle.processing.picture.PictureSize;
import dev.rekindle.processing.picture.Resizing;
import dev.rekindle.processing.pipeline.MemoryBudget;
import dev.rekindle.processing.pipeline.Workspaces.Workspace;
import dev.rekindle.processing.v1.WorkCompleted;
import dev.rekindle.processing.v1.WorkOrder;
import dev.rekindle.processing.video.Video;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One photo on its way through a pipeline: the order, the folder to work in, and what the steps have made so far. Closing
 * it frees the picture and the memory it held; the folder belongs to whoever opened it.
 */
public final class PhotoWork implements AutoCloseable {

    /** A file that a step made and that is to be stored. */
    record Made(Path file, String contentType, MediaMetadata metadata) {}

    private final long begin = System.nanoTime();
    private final WorkOrder order;
    private final String outputFolder;
    private final Workspace workspace;
    private final Map<String, Made> made = new LinkedHashMap<>();
    private final WorkCompleted.Builder completed = WorkCompleted.newBuilder();
    private final List<AutoCloseable> held = new ArrayList<>();
    private final List<Picture> gathered = new ArrayList<>();
    private @Nullable MediaHeader header;
    private @Nullable Video video;
    private @Nullable AnimationResult moving;
    private @Nullable Picture picture;
    private @Nullable Picture original;
    private boolean mended;

    /**
     * Begins.
     *
     * @param outputFolder key below which this very attempt stores its files; no other attempt uses it
     */
    public PhotoWork(WorkOrder order, String outputFolder, Workspace workspace) {
        this.order = order;
        this.outputFolder = outputFolder;
        this.workspace = workspace;
    }

    WorkOrder order() {
        return order;
    }

    /** How much of the time that an attempt may take is left. */
    Duration left() {
        var may = order.getAttemptTimeout();
        return Duration.ofSeconds(may.getSeconds(), may.getNanos()).minusNanos(System.nanoTime() - begin);
    }

    /** The file to work on, once it is fetched. */
    Path input() {
        return workspace.file("input");
    }

    /** The file of another photo of the order, once it is fetched; the first is {@link #input()}. */
    Path input(int place) {
        return place == 0 ? input() : workspace.file("input-" + (place + 1));
    }

    Path file(String name) {
        return workspace.file(name);
    }

    /** Where it works. */
    Path folder() {
        return workspace.file("");
    }

    String outputFolder() {
        return outputFolder;
    }

    MediaHeader header() {
        return Objects.requireNonNull(header, "the header is read by an earlier step");
    }

    void setHeader(MediaHeader read) {
        header = read;
    }

    /** What the video is, where it is one. */
    Video video() {
        return Objects.requireNonNull(video, "the video is probed by an earlier step");
    }

    void setVideo(Video probed) {
        video = probed;
    }

    /** The picture as it is now. */
    Picture picture() {
        return Objects.requireNonNull(picture, "the picture is decoded by an earlier step");
    }

    /** Takes over one of several pictures that are brought together. */
    void gather(Picture one) {
        gathered.add(one);
    }

    /** What is brought together, in the order of the job. */
    List<Picture> gathered() {
        return List.copyOf(gathered);
    }

    /** What an engine made of the photo that was to move. */
    AnimationResult moving() {
        return Objects.requireNonNull(moving, "an earlier step sets the photo in motion");
    }

    void setMoving(AnimationResult made) {
        moving = made;
    }

    /** Takes over another picture in place of the present one. */
    void setPicture(Picture next) {
        Picture before = picture;
        picture = next;
        if (before != null && !before.equals(original)) {
            before.close();
        }
    }

    /** Keeps the present picture as the one that the result is compared with. */
    void keepOriginal() {
        original = picture();
    }

    /** Enlarges what the result is compared with, because the result is larger. */
    void enlargeOriginal(PictureSize size) {
        Picture small = original();
        Resizing resizing = new Resizing(small.width(), small.height(), size);
        original = small.resized(resizing, 0, 0, Interpolation.INTERPOLATION_BICUBIC);
        small.close();
    }

    Picture original() {
        return Objects.requireNonNull(original, "the original is kept by an earlier step");
    }

    /** True if the engine found damage, so that the result must differ. */
    boolean mended() {
        return mended;
    }

    void setMended(boolean found) {
        mended = found;
    }

    /** Keeps reserved memory until the work is closed. */
    void hold(MemoryBudget.Reservation reservation) {
        held.add(reservation);
    }

    void report(String line) {
        completed.addReport(line);
    }

    /** Notes which engine works on it. */
    void setEngine(EngineChoice choice) {
        completed.setEngine(choice);
    }

    void addCost(long microUsd) {
        completed.setCostMicroUsd(completed.getCostMicroUsd() + microUsd);
    }

    /** What the check of content found. */
    void find(boolean refused, String reason) {
        completed.getContentFindingBuilder().setRefused(refused).setReason(reason);
    }

    void setCorners(Corners corners) {
        completed.setCorners(corners);
    }

    void setInputMetadata(MediaMetadata metadata) {
        completed.setInputMetadata(metadata);
    }

    void make(String name, Made file) {
        made.put(name, file);
    }

    Map<String, Made> made() {
        return made;
    }

    void stored(String name, String blobKey, Made file) {
        completed
                .addOutputsBuilder()
                .setName(name)
                .setBlobKey(blobKey)
                .setContentType(file.contentType())
                .setMetadata(file.metadata());
    }

    /** What the work has come to so far; cost and engine also of work that failed. */
    public WorkCompleted completed() {
        return completed.build();
    }

    @Override
    public void close() {
        gathered.forEach(Picture::close);
        if (picture != null) {
            picture.close();
        }
        if (original != null && !original.equals(picture)) {
            original.close();
        }
        for (AutoCloseable thing : held) {
            try {
                thing.close();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
