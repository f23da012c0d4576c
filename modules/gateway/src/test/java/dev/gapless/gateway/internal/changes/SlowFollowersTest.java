package dev.gapless.gateway.internal.changes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.typesafe.config.ConfigFactory;
import dev.gapless.gateway.internal.access.Access;
import dev.gapless.gateway.internal.budget.Budget;
import dev.gapless.gateway.internal.client.Common;
import dev.gapless.gateway.internal.client.Sent;
import dev.gapless.gateway.internal.client.Tally;
import dev.gapless.gateway.internal.client.Unsent;
import dev.gapless.gateway.internal.json.SharedJson;
import dev.gapless.gateway.internal.settings.GatewaySettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class SlowFollowersTest {
    private final List<Runnable> later = new ArrayList<>();
    private final SlowFollowers laggards = new SlowFollowers(new Common(
            new GatewaySettings(
                    ConfigFactory.parseString("gapless.loss-log-interval = 1h").withFallback(ConfigFactory.load())),
            new Access(new GatewaySettings(ConfigFactory.load()).access, Runnable::run),
            null,
            "n1",
            "g1",
            null,
            null,
            new SharedJson(0, Budget.unbounded()),
            null,
            new Unsent(1 << 20, 0, Duration.ZERO, Budget.unbounded()),
            Budget.unbounded(),
            Runnable::run,
            (after, what) -> later.add(what),
            new Sent(),
            new Tally()));

    @Test
    void whatIsLeftOutInAnIntervalIsToldAtItsEnd() {
        Logger logger = (Logger) LoggerFactory.getLogger(SlowFollowers.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.addAppender(log);
        try {
            for (String client : List.of("first", "second", "third")) {
                laggards.of(client).tell("orders", 1, 2, null, null);
            }
            assertEquals(1, log.list.size());
            assertEquals(1, later.size());
            later.get(0).run();
            assertEquals(2, log.list.size());
            String told = log.list.get(1).getFormattedMessage();
            assertTrue(told.contains("third") && told.contains("(1 more like this"), told);
        } finally {
            logger.detachAppender(log);
        }
    }
}
