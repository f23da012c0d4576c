package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whoever reaches a port may send what is no HTTP: that fills no log. */
@Timeout(120)
class StrangersLogTest {
    private static final int MANY = 30;

    @TempDir
    private Path directory;

    private final Logger logger = Logger.getLogger("io.grpc.netty.shaded.io.grpc.netty");
    private final List<String> lines = new CopyOnWriteArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord line) {
            lines.add(line.getMessage());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void listen() {
        logger.addHandler(handler);
    }

    @AfterEach
    void stop() {
        logger.removeHandler(handler);
    }

    private static double errors(TestGateway gateway, String protocol) {
        return gateway.metric("gapless_gateway_connection_errors_total{protocol=\"" + protocol + "\"}");
    }

    private static void sendNonsense(int port, int number) {
        for (int i = 0; i < number; i++) {
            try (RawSocket stranger = new RawSocket(port)) {
                stranger.send("GET / HTTP/1.1\r\nHost: localhost\r\nthis is no head\r\n\r\n");
                stranger.readAll();
            }
        }
    }

    @Test
    @DisplayName("gRPC's errors are counted, and one line in loss-log-interval is written")
    void grpc() {
        try (TestGateway gateway = TestGateway.start("gapless.loss-log-interval = 1 day")) {
            sendNonsense(gateway.gateway().grpcPort().orElseThrow(), MANY);
            TestGateway.await(() -> errors(gateway, "grpc") >= MANY);
            assertEquals(1, lines.size(), lines::toString);
        }
        lines.clear();
        try (TestGateway gateway = TestGateway.start("gapless.loss-log-interval = 1 ms")) {
            int port = gateway.gateway().grpcPort().orElseThrow();
            TestGateway.await(() -> {
                sendNonsense(port, 1);
                return lines.size() >= 5;
            });
        }
    }

    @Test
    @DisplayName("TLS that fails is counted")
    void tls() {
        Certificates certificates = new Certificates(directory);
        Certificates.Own own = certificates.make("gateway", "EC");
        try (TestGateway gateway = TestGateway.start(certificates.settings(own) + "gapless.management.port = 0\n")) {
            int management = gateway.gateway().managementPort().orElseThrow();
            sendNonsense(gateway.gateway().port(), MANY);
            TestGateway.await(() -> {
                try (RawSocket metrics = new RawSocket(management)) {
                    String all = metrics.send("GET /metrics HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                            .readAll();
                    return all.contains("gapless_gateway_connection_errors_total{protocol=\"http\"} " + MANY + ".0");
                }
            });
            assertTrue(lines.isEmpty(), lines::toString);
        }
    }
}
