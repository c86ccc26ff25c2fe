package dev.rekindle.platform.telemetry;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.FileAppender;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.EncoderBase;
import dev.rekindle.platform.config.Settings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The logs of a process: one JSON object a line with time, level, logger, message, fields of the call (request_id,
 * trace_id, job_id) and exception, or plain text for people.
 */
public final class Logs {

    /** How lines look. */
    public enum Format {
        JSON,
        TEXT
    }

    private Logs() {}

    /** Sets logging up from {@code log.format}, {@code log.level} and {@code log.file} (empty: standard error). */
    public static void start(Settings settings) {
        Settings log = settings.under("log");
        start(log.choice("format", Format.JSON), log.text("level", "info"), log.text("file", ""));
    }

    /** Sets logging up. An empty file means standard error. */
    public static void start(Format format, String level, String file) {
        LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
        context.reset();
        OutputStreamAppender<ILoggingEvent> appender = appender(file);
        appender.setContext(context);
        EncoderBase<ILoggingEvent> encoder = switch (format) {
            case JSON -> json();
            case TEXT -> text();
        };
        encoder.setContext(context);
        encoder.start();
        appender.setEncoder(encoder);
        appender.start();
        ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
        root.setLevel(Level.WARN);
        root.addAppender(appender);
        context.getLogger("dev.rekindle").setLevel(Level.toLevel(level, Level.INFO));
    }

    private static OutputStreamAppender<ILoggingEvent> appender(String file) {
        if (file.isEmpty()) {
            ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
            console.setTarget("System.err");
            return console;
        }
        FileAppender<ILoggingEvent> appender = new FileAppender<>();
        appender.setFile(file);
        return appender;
    }

    private static EncoderBase<ILoggingEvent> json() {
        JsonEncoder encoder = new JsonEncoder();
        encoder.setWithSequenceNumber(false);
        encoder.setWithNanoseconds(false);
        encoder.setWithContext(false);
        encoder.setWithArguments(false);
        encoder.setWithMessage(false);
        encoder.setWithFormattedMessage(true);
        return encoder;
    }

    private static EncoderBase<ILoggingEvent> text() {
        PatternLayoutEncoder encoder = new PatternLayoutEncoder();
        encoder.setPattern("%d{HH:mm:ss.SSS} %-5level %logger{0} %msg %mdc%n");
        return encoder;
    }
}
