package dev.rekindle.events.notifications;

import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an e-mail says.
 *
 * @param lines sentences, each a paragraph
 * @param link where its one button leads
 * @param stop how these e-mails are ended; null where there are none yet
 */
record Letter(
        String subject,
        List<String> lines,
        String linkText,
        URI link,
        @Nullable Stop stop) {
    private static final String UNSUBSCRIBE = "No more e-mail like this";

    /**
     * How e-mails are ended.
     *
     * @param page for people: a page with a button
     * @param oneClick for their e-mail programs: ends them by a POST (RFC 8058)
     */
    record Stop(URI page, URI oneClick) {}

    static Letter completed(URI job, Stop stop) {
        return new Letter(
                "Your photo is ready", List.of("The photo you gave to Rekindle is done."), "Look at it", job, stop);
    }

    static Letter failed(URI job, Stop stop) {
        return new Letter(
                "A photo could not be done",
                List.of("The photo you gave to Rekindle could not be done.", "What it cost you came back."),
                "See why",
                job,
                stop);
    }

    static Letter confirmation(URI page) {
        return new Letter(
                "Confirm your e-mail address",
                List.of(
                        "Somebody, probably you, asked Rekindle to write to this address when photos are done.",
                        "If it was not you, do nothing: nothing more will be sent. The link is good for a day."),
                "Confirm the address",
                page,
                null);
    }

    String text() {
        StringBuilder text = new StringBuilder();
        lines.forEach(line -> text.append(line).append("\n\n"));
        text.append(linkText).append(": ").append(link).append('\n');
        if (stop != null) {
            text.append('\n')
                    .append(UNSUBSCRIBE)
                    .append(": ")
                    .append(stop.page())
                    .append('\n');
        }
        return text.toString();
    }

    String html() {
        StringBuilder html = new StringBuilder("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>")
                .append(escaped(subject))
                .append("</title><body style=\"font-family:sans-serif;font-size:17px;line-height:1.5\">");
        lines.forEach(line -> html.append("<p>").append(escaped(line)).append("</p>"));
        html.append("<p>").append(anchor(link.toString(), linkText)).append("</p>");
        if (stop != null) {
            html.append("<p style=\"font-size:14px\">")
                    .append(anchor(stop.page().toString(), UNSUBSCRIBE))
                    .append("</p>");
        }
        return html.append("</body></html>").toString();
    }

    private static String anchor(String link, String text) {
        return "<a href=\"" + escaped(link) + "\">" + escaped(text) + "</a>";
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
