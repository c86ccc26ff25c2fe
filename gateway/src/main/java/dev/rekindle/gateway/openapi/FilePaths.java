package dev.rekindle.gateway.openapi;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import dev.rekindle.gateway.rest.RestBinding;
import dev.rekindle.jobs.v1.Photo;
import dev.rekindle.jobs.v1.Upload;
import java.util.List;

/** The paths whose bodies are files, which no rule of the contracts can describe. */
final class FilePaths {
    private static final String SERVICE = "PhotosService";
    private static final String CONTENT = "/v1/photos/{photo_id}/content";

    private FilePaths() {}

    /** True if the path of a rule answers a file here instead. */
    static boolean replaces(RestBinding binding) {
        return binding.path().text().equals(CONTENT);
    }

    static void add(JsonObject paths, OpenApiSchemas schemas, JsonObject problem) {
        OpenApi.put(paths, "/v1/uploads/{upload_id}/content", "PUT", putContent(schemas, problem));
        OpenApi.put(paths, "/v1/photos", "POST", postPhoto(schemas, problem));
        OpenApi.put(paths, CONTENT, "GET", getContent(problem));
    }

    private static JsonObject putContent(OpenApiSchemas schemas, JsonObject problem) {
        JsonArray parameters = new JsonArray();
        parameters.add(id("upload_id"));
        parameters.add(parameter(
                "header",
                "Content-Range",
                "bytes FIRST-LAST/TOTAL of this part, with * for an unknown total. Absent: the body is the whole."));
        JsonObject operation = operation("WriteUpload", "Write the bytes of an upload", "photos:write", parameters);
        operation.addProperty(
                "description",
                "Whole, or from where the upload stands by Content-Range. The answer's offsetBytes tells how far it is"
                        + " stored; a broken upload goes on from there.");
        operation.add(
                "requestBody",
                Json.object("required", true, "content", Json.object("application/octet-stream", new JsonObject())));
        operation.add(
                "responses",
                Json.object("200", json("Stored.", schemas.reference(Upload.getDescriptor())), "default", problem));
        return operation;
    }

    private static JsonObject postPhoto(OpenApiSchemas schemas, JsonObject problem) {
        JsonArray parameters = new JsonArray();
        parameters.add(parameter("header", "Idempotency-Key", "The same form sent again is the same photo."));
        JsonObject operation = operation("UploadPhoto", "Make a photo in one request", "photos:write", parameters);
        JsonObject properties = Json.object(
                "filename", text("A name for people; by default that of the file."),
                "client_id", text("The device or program that uploads."),
                "session_id", text("The session the photo belongs to."),
                "corners", text("JSON of the photo's corners in the picture, as in CreateUpload."),
                "pipeline", text("How it is prepared: full_processing (by default) or quick_processing."),
                "file", Json.object("type", "string", "contentMediaType", "application/octet-stream"));
        JsonObject form =
                Json.object("type", "object", "required", Json.array(List.of("file")), "properties", properties);
        operation.add(
                "requestBody",
                Json.object(
                        "required", true, "content", Json.object("multipart/form-data", Json.object("schema", form))));
        operation.add(
                "responses",
                Json.object("201", json("Made.", schemas.reference(Photo.getDescriptor())), "default", problem));
        return operation;
    }

    private static JsonObject getContent(JsonObject problem) {
        JsonArray parameters = new JsonArray();
        parameters.add(id("photo_id"));
        parameters.add(parameter(
                "query",
                "variant",
                "original, prepared (the default; of a video poster), thumb_150, thumb_300, thumb_600, or the id of a job"
                        + " output."));
        parameters.add(parameter("query", "download", "1: with a name, to be saved."));
        parameters.add(parameter("header", "Range", "One range of bytes."));
        parameters.add(parameter("header", "If-None-Match", "Tags of what the client has."));
        JsonObject operation =
                operation("ReadPhotoContent", "The bytes of a photo or of a result", "photos:read", parameters);
        JsonObject bytes = Json.object("image/*", new JsonObject(), "video/*", new JsonObject());
        operation.add(
                "responses",
                Json.object(
                        "200", Json.object("description", "The bytes.", "content", bytes),
                        "206", Json.object("description", "The part asked for.", "content", bytes),
                        "302", Json.object("description", "Where the bytes are, for a short time."),
                        "304", Json.object("description", "The client has them already."),
                        "default", problem));
        return operation;
    }

    private static JsonObject operation(String name, String summary, String scope, JsonArray parameters) {
        return Json.object(
                "operationId",
                SERVICE + "_" + name,
                "tags",
                Json.array(List.of(SERVICE)),
                "summary",
                summary,
                "x-roles",
                Json.array(List.of("user", "partner")),
                "x-scope",
                scope,
                "parameters",
                parameters);
    }

    private static JsonObject id(String name) {
        JsonObject parameter = Json.object(
                "name",
                name,
                "in",
                "path",
                "required",
                true,
                "schema",
                Json.object("type", "string", "format", "uuid"));
        return parameter;
    }

    private static JsonObject parameter(String place, String name, String description) {
        return Json.object(
                "name", name, "in", place, "description", description, "schema", Json.object("type", "string"));
    }

    private static JsonObject text(String description) {
        return Json.object("type", "string", "description", description);
    }

    private static JsonObject json(String description, JsonObject schema) {
        return Json.object(
                "description", description, "content", Json.object("application/json", Json.object("schema", schema)));
    }
}
