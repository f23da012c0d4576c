package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.Arrays;
import java.util.List;
import java.util.logging.Handler;
import java.util.logging.LogManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

class LoggingTest {
    private final java.util.logging.Logger root = LogManager.getLogManager().getLogger("");
    private final List<Handler> before = List.of(root.getHandlers());

    @AfterEach
    void restore() {
        SLF4JBridgeHandler.uninstall();
        before.forEach(root::addHandler);
    }

    @Test
    void whatGrpcLogsGoesToLogbackAlone() {
        Logger logger = (Logger) LoggerFactory.getLogger("io.grpc");
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        try {
            Logging.takeJavaLogging();
            java.util.logging.Logger.getLogger("io.grpc.netty").warning("a stream failed");
            assertEquals(
                    List.of("a stream failed"),
                    lines.list.stream().map(ILoggingEvent::getFormattedMessage).toList());
            assertTrue(
                    Arrays.stream(root.getHandlers()).allMatch(SLF4JBridgeHandler.class::isInstance),
                    () -> "others write, too: " + Arrays.toString(root.getHandlers()));
        } finally {
            logger.detachAppender(lines);
        }
    }
}
