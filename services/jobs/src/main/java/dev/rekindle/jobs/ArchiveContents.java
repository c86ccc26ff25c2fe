package dev.rekindle.jobs;

import com.google.protobuf.MessageOrBuilder;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import com.google.protobuf.util.JsonFormat;
import dev.rekindle.common.v1.MediaMetadata;
import dev.rekindle.common.v1.Reason;
import dev.rekindle.jobs.tables.tables.records.BatchesRecord;
import dev.rekindle.jobs.tables.tables.records.FlagsRecord;
import dev.rekindle.jobs.tables.tables.records.JobOutputsRecord;
import dev.rekindle.jobs.tables.tables.records.JobsRecord;
import dev.rekindle.jobs.tables.tables.records.PhotoVariantsRecord;
import dev.rekindle.jobs.tables.tables.records.PhotosRecord;
import dev.rekindle.jobs.v1.Job;
import dev.rekindle.platform.blobs.Blobs;
import dev.rekindle.platform.db.Database;
import dev.rekindle.platform.rpc.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * What jobs puts into a user's archive: {@code photos.json}, {@code jobs.json}, {@code batches.json} and {@code flags.json} as
 * REST shows them, and the pictures, {@code photos/{id}/original.jpg} and {@code jobs/{id}/result.png}. Rows are read page by page, newest
 * first; what is deleted meanwhile is left out.
 */
final class ArchiveContents {
    private static final int PAGE = 100;
    private static final JsonFormat.Printer JSON = JsonFormat.printer();
    private static final JobStore.Filter ALL = new JobStore.Filter(List.of(), List.of(), null, null, true);

    private final Database database;
    private final WriteArchive.Stores stores;
    private final ChangeJob change;
    private final Blobs blobs;
    private final ZipOutputStream zip;
    private String separator = "";

    ArchiveContents(Database database, WriteArchive.Stores stores, ChangeJob change, Blobs blobs, ZipOutputStream zip) {
        this.database = database;
        this.stores = stores;
        this.change = change;
        this.blobs = blobs;
        this.zip = zip;
    }

    /** What is done with a page of rows. */
    @FunctionalInterface
    private interface Page<R> {
        void write(List<R> rows) throws IOException;
    }

    void write(String userId) throws IOException {
        list("photos.json", () -> photos(userId, this::describePhotos));
        list("jobs.json", () -> jobs(userId, this::describeJobs));
        list("batches.json", () -> describeBatches(stores.batches().ofUser(database.sql(), userId)));
        list("flags.json", () -> describeFlags(stores.flags().ofUser(database.sql(), userId)));
        zip.setLevel(Deflater.NO_COMPRESSION); // pictures are compressed already
        photos(userId, this::pictures);
        jobs(userId, this::results);
    }

    @FunctionalInterface
    private interface Entries {
        void write() throws IOException;
    }

    private void list(String name, Entries entries) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        separator = "[\n";
        entries.write();
        text(separator.equals("[\n") ? "[]\n" : "\n]\n");
    }

    private void item(MessageOrBuilder message) throws IOException {
        text(separator);
        separator = ",\n";
        text(JSON.print(message));
    }

    private void text(String text) throws IOException {
        zip.write(text.getBytes(StandardCharsets.UTF_8));
    }

    private void photos(String userId, Page<PhotosRecord> page) throws IOException {
        @Nullable UUID before = null;
        List<PhotosRecord> rows;
        do {
            rows = stores.photos().list(database.sql(), userId, "", before, PAGE);
            page.write(rows);
            before = rows.isEmpty() ? null : rows.getLast().getId();
        } while (rows.size() == PAGE);
    }

    private void jobs(String userId, Page<JobsRecord> page) throws IOException {
        @Nullable UUID before = null;
        List<JobsRecord> rows;
        do {
            rows = stores.jobs().list(database.sql(), userId, ALL, before, PAGE);
            page.write(rows);
            before = rows.isEmpty() ? null : rows.getLast().getId();
        } while (rows.size() == PAGE);
    }

    private void describePhotos(List<PhotosRecord> rows) throws IOException {
        Map<UUID, List<PhotoVariantsRecord>> variants = variantsOf(rows);
        for (PhotosRecord row : rows) {
            item(Photos.view(row, variants.getOrDefault(row.getId(), List.of())));
        }
    }

    private void describeJobs(List<JobsRecord> rows) throws IOException {
        for (Job job : change.views(database.sql(), rows)) {
            item(job);
        }
    }

    private void describeBatches(List<BatchesRecord> rows) throws IOException {
        for (BatchesRecord row : rows) {
            item(Struct.newBuilder()
                    .putFields("id", string(row.getId().toString()))
                    .putFields("policy", string(row.getPolicy()))
                    .putFields("jobCount", number(row.getJobCount()))
                    .putFields("creditCost", number(row.getCreditCost()))
                    .putFields(
                            "createTime", string(row.getCreatedAt().toInstant().toString())));
        }
    }

    private void describeFlags(List<FlagsRecord> rows) throws IOException {
        for (FlagsRecord row : rows) {
            item(Flags.view(row).build());
        }
    }

    private static Value number(int number) {
        return Value.newBuilder().setNumberValue(number).build();
    }

    private static Value string(String text) {
        return Value.newBuilder().setStringValue(text).build();
    }

    private Map<UUID, List<PhotoVariantsRecord>> variantsOf(List<PhotosRecord> rows) {
        return stores.photos()
                .variantsOf(
                        database.sql(), rows.stream().map(PhotosRecord::getId).toList());
    }

    /** The original of each photo, or what was prepared of it where the original is not kept. */
    private void pictures(List<PhotosRecord> rows) throws IOException {
        Map<UUID, List<PhotoVariantsRecord>> variants = variantsOf(rows);
        for (PhotosRecord row : rows) {
            String folder = "photos/" + row.getId() + "/";
            if (row.getOriginalDeletedAt() == null && row.getOriginalLostAt() == null) {
                MediaMetadata metadata = Protos.read(MediaMetadata.parser(), row.getMetadata());
                picture(folder + "original", Photos.contentType(metadata.getType()), row.getOriginalKey());
                continue;
            }
            for (PhotoVariantsRecord variant : variants.getOrDefault(row.getId(), List.of())) {
                if (variant.getName().equals("prepared") && variant.getLostAt() == null) {
                    picture(folder + "prepared", variant.getContentType(), variant.getBlobKey());
                }
            }
        }
    }

    private void results(List<JobsRecord> rows) throws IOException {
        Map<UUID, List<JobOutputsRecord>> outputs = stores.jobs()
                .outputsOf(database.sql(), rows.stream().map(JobsRecord::getId).toList());
        for (List<JobOutputsRecord> ofJob : outputs.values()) {
            for (JobOutputsRecord output : ofJob) {
                if (output.getLostAt() == null) {
                    String name = output.getName().replaceAll("[^A-Za-z0-9._-]", "_");
                    picture("jobs/" + output.getJobId() + "/" + name, output.getContentType(), output.getBlobKey());
                }
            }
        }
    }

    private void picture(String name, String contentType, String key) throws IOException {
        try (Blobs.Content content = blobs.get(key)) {
            zip.putNextEntry(new ZipEntry(name + "." + ending(contentType)));
            content.bytes().transferTo(zip);
        } catch (Failure failure) {
            if (failure.reason() != Reason.REASON_NOT_FOUND) {
                throw failure; // what was deleted since its row was read is left out
            }
        }
    }

    private static String ending(String contentType) {
        String type = contentType.substring(contentType.indexOf('/') + 1);
        return switch (type) {
            case "jpeg" -> "jpg";
            case "quicktime" -> "mov";
            case "x-msvideo" -> "avi";
            case "x-matroska" -> "mkv";
            case "octet-stream" -> "bin";
            case String other -> other.replaceAll("[^a-z0-9]", "_");
        };
    }
}
