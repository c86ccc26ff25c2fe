package dev.rekindle.processing.video;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;

/** The fields of what ffprobe writes. What is not there is empty or 0. */
final class Fields {
    private Fields() {}

    static double rotation(JsonObject stream) {
        if (!stream.has("side_data_list")) {
            return 0;
        }
        for (JsonElement one : stream.getAsJsonArray("side_data_list")) {
            if (one.getAsJsonObject().has("rotation")) {
                return number(one.getAsJsonObject(), "rotation");
            }
        }
        return 0;
    }

    static String language(JsonObject stream) {
        String language = tag(stream, "language");
        return language.matches("[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8}){0,3}") && !language.equals("und") ? language : "";
    }

    static String tag(JsonObject stream, String name) {
        return stream.has("tags") ? text(stream.getAsJsonObject("tags"), name) : "";
    }

    static String text(JsonObject object, String name) {
        return object.has(name) ? object.get(name).getAsString() : "";
    }

    /** A number; 0 where it is none. */
    static double number(JsonObject object, String name) {
        double number = parse(text(object, name));
        return Double.isFinite(number) ? number : 0;
    }

    /** A number; NaN where it is none. */
    static double parse(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            return Double.NaN;
        }
    }

    /** "00:01:02.5" in seconds; 0 where it is none. */
    static double clock(String text) {
        String[] parts = text.split(":", -1);
        if (parts.length != 3) {
            return 0;
        }
        double seconds = 3600 * parse(parts[0]) + 60 * parse(parts[1]) + parse(parts[2]);
        return Double.isNaN(seconds) ? 0 : seconds;
    }

    /** "30000/1001" as a number; NaN where it is none. */
    static double ratio(String text, String separator) {
        String[] parts = text.split(separator, -1);
        return parts.length == 2 ? parse(parts[0]) / parse(parts[1]) : Double.NaN;
    }
}
