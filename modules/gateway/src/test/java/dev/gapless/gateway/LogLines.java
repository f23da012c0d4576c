package dev.gapless.gateway;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.slf4j.LoggerFactory;

/** What Gapless logs, as long as it is open. */
final class LogLines implements AutoCloseable {
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger("dev.gapless");
    private final AppenderBase<ILoggingEvent> appender = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            lines.add(event.getFormattedMessage());
        }
    };

    LogLines() {
        appender.start();
        logger.addAppender(appender);
    }

    long count(String text) {
        return lines.stream().filter(line -> line.contains(text)).count();
    }

    List<String> all() {
        return lines;
    }

    @Override
    public void close() {
        logger.detachAppender(appender);
    }
}
