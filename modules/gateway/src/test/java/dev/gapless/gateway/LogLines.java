package dev.gapless.gateway;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** What Gapless logs, as long as it is open. */
final class LogLines implements AutoCloseable {
    private record Line(String logger, String message, String trace) {}

    private final List<Line> lines = new CopyOnWriteArrayList<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger("dev.gapless");
    private final Level before = logger.getLevel();
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            String trace =
                    event.getThrowableProxy() == null ? "" : ThrowableProxyUtil.asString(event.getThrowableProxy());
            lines.add(new Line(event.getLoggerName(), event.getFormattedMessage(), trace));
        }
    };

    LogLines() {
        appender.start();
        logger.addAppender(appender);
    }

    /** Of all levels. */
    static LogLines atTrace() {
        LogLines log = new LogLines();
        log.logger.setLevel(Level.TRACE);
        return log;
    }

    long count(String text) {
        return all().stream().filter(line -> line.contains(text)).count();
    }

    /** The messages. */
    List<String> all() {
        return lines.stream().map(Line::message).toList();
    }

    /** Those of a logger. */
    List<String> of(String name) {
        return lines.stream()
                .filter(line -> line.logger().equals(name))
                .map(Line::message)
                .toList();
    }

    /** Does that stand anywhere, also in what failures say? */
    boolean tells(String text) {
        return lines.stream()
                .anyMatch(line -> line.message().contains(text) || line.trace().contains(text));
    }

    @Override
    public void close() {
        logger.detachAppender(appender);
        logger.setLevel(before);
    }
}
