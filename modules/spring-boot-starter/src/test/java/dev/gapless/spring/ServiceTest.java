package dev.gapless.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.example.prices.Price;
import com.example.prices.PriceRows;
import com.example.prices.PricesApplication;
import dev.gapless.Gapless;
import dev.gapless.Health;
import dev.gapless.Table;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.cluster.Cluster;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.availability.AvailabilityChangeEvent;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.context.ApplicationContext;
import org.springframework.test.annotation.DirtiesContext;

/** An application with a web server, a node of a cluster, and its health, from its start until it was removed. */
@SpringBootTest(
        classes = PricesApplication.class,
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {"gapless.on-removed=health", "gapless.test-contexts=as-configured"})
@DirtiesContext
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ServiceTest {
    @Autowired
    private ApplicationContext context;

    @LocalServerPort
    private int port;

    @Autowired
    private ActorSystem system;

    @Autowired
    private Gapless gapless;

    @Autowired
    private Table<Price> prices;

    @Autowired
    private PriceRows rows;

    @Autowired
    private MeterRegistry registry;

    private final HttpClient client = HttpClient.newHttpClient();

    private HttpResponse<String> get(String path) {
        return send(HttpRequest.newBuilder(uri(path)).build());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    private HttpResponse<String> send(HttpRequest request) {
        try {
            return client.send(request, HttpResponse.BodyHandlers.ofString());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    static void await(BooleanSupplier condition) {
        long until = System.nanoTime() + Duration.ofMinutes(1).toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(until);
            try {
                Thread.sleep(20);
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    @Test
    @Order(1)
    void isAliveAndNotReadyBeforeItIsAMember() {
        assertThat(gapless.health().state()).isEqualTo(Health.State.STARTING);
        assertThat(get("/actuator/health/liveness").statusCode()).isEqualTo(200);
        assertThat(get("/actuator/health/readiness").statusCode()).isEqualTo(503);
        HttpResponse<String> health = get("/actuator/health");
        assertThat(health.statusCode()).isEqualTo(503);
        assertThat(health.body()).contains("OUT_OF_SERVICE", "STARTING");
    }

    @Test
    @Order(2)
    void isReadyWhenItIsAMemberAndItsTableIsComplete() throws Exception {
        Price written = rows.write("XAU", 2011.5);
        Cluster cluster = Cluster.get(system);
        cluster.join(cluster.selfAddress());
        await(() -> get("/actuator/health/readiness").statusCode() == 200);
        prices.ready().toCompletableFuture().get(1, TimeUnit.MINUTES);
        assertThat(get("/actuator/health").body()).contains("\"prices\":\"LIVE since");
        await(() -> written.equals(prices.get("XAU"))); // the first load may have been before it was written
        assertThat(get("/prices").body()).contains("2011.5");
    }

    @Test
    @Order(3)
    void isNotReadyWhileTheApplicationRefusesTraffic() {
        AvailabilityChangeEvent.publish(context, ReadinessState.REFUSING_TRAFFIC);
        assertThat(get("/actuator/health/readiness").statusCode()).isEqualTo(503);
        AvailabilityChangeEvent.publish(context, ReadinessState.ACCEPTING_TRAFFIC);
        await(() -> get("/actuator/health/readiness").statusCode() == 200);
    }

    @Test
    @Order(4)
    void publishesRecordsAndCountsThem() {
        HttpRequest change = HttpRequest.newBuilder(uri("/prices/EURUSD?amount=1.0834"))
                .PUT(HttpRequest.BodyPublishers.noBody())
                .build();
        assertThat(send(change).statusCode()).isEqualTo(200);
        await(() -> new Price("EURUSD", 1.0834, 1).equals(prices.get("EURUSD")));
        assertThat(registry.get("gapless.published.messages")
                        .tag("topic", "prices")
                        .functionCounter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    @Order(5)
    void isBrokenWhenItWasRemoved() {
        Cluster cluster = Cluster.get(system);
        cluster.down(cluster.selfAddress());
        await(() -> get("/actuator/health/liveness").statusCode() == 503);
        HttpResponse<String> health = get("/actuator/health");
        assertThat(health.statusCode()).isEqualTo(503);
        assertThat(health.body()).contains("\"DOWN\"", "REMOVED");
        assertThat(get("/actuator/health/readiness").statusCode()).isEqualTo(503);
        await(() -> get("/prices").statusCode() == 500); // TableClosed: nobody reads what is stale
    }
}
