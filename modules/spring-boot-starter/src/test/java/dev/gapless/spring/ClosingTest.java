package dev.gapless.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.example.prices.Price;
import com.example.prices.PricesApplication;
import dev.gapless.Gapless;
import dev.gapless.Health;
import dev.gapless.Table;
import dev.gapless.TableStatus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.cluster.Cluster;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** In which order an application ends. */
class ClosingTest {
    private static final List<String> STEPS = new CopyOnWriteArrayList<>();

    /** What the table reads from: it closes after the table. */
    static final class Database implements AutoCloseable {
        private final ActorSystem system;

        Database(ActorSystem system) {
            this.system = system;
        }

        @Override
        public void close() {
            STEPS.add("database closed, actor system ended: "
                    + system.whenTerminated().isCompleted());
        }
    }

    /** A request that takes until the application closes. */
    @RestController
    static class SlowController {
        private final Gapless gapless;
        private final Table<Price> prices;
        final CountDownLatch asked = new CountDownLatch(1);
        final CountDownLatch mayAnswer = new CountDownLatch(1);

        SlowController(Gapless gapless, Table<Price> prices) {
            this.gapless = gapless;
            this.prices = prices;
        }

        @GetMapping("/slow")
        String slow() throws InterruptedException {
            asked.countDown();
            assertThat(mayAnswer.await(1, TimeUnit.MINUTES)).isTrue();
            boolean works = gapless.health().isUp() && prices.status().isLive();
            STEPS.add("answered, node works: " + works);
            return "answered";
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Slow {
        @Bean
        Database database(ActorSystem system) {
            return new Database(system);
        }

        @Bean
        SlowController slow(Gapless gapless, Table<Price> prices) {
            return new SlowController(gapless, prices);
        }
    }

    @Test
    void answersItsRequestsThenLeavesThenClosesTheRest() throws Exception {
        ConfigurableApplicationContext context = new SpringApplicationBuilder(PricesApplication.class, Slow.class)
                .properties("server.shutdown=graceful", "spring.main.register-shutdown-hook=false")
                .run();
        Cluster cluster = Cluster.get(context.getBean(ActorSystem.class));
        cluster.join(cluster.selfAddress());
        @SuppressWarnings("unchecked")
        Table<Price> prices = context.getBean("prices", Table.class);
        prices.ready().toCompletableFuture().get(1, TimeUnit.MINUTES);
        Gapless gapless = context.getBean(Gapless.class);
        ServiceTest.await(() -> gapless.health().isUp());

        SlowController slow = context.getBean(SlowController.class);
        String port = context.getEnvironment().getProperty("local.server.port");
        CompletableFuture<HttpResponse<String>> answer = HttpClient.newHttpClient()
                .sendAsync(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/slow"))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
        assertThat(slow.asked.await(1, TimeUnit.MINUTES)).isTrue();
        CompletableFuture<Void> closing = CompletableFuture.runAsync(context::close);
        ServiceTest.await(() -> isStopping(context));
        slow.mayAnswer.countDown();

        assertThat(answer.get(1, TimeUnit.MINUTES).body()).isEqualTo("answered");
        closing.get(1, TimeUnit.MINUTES);
        assertThat(STEPS).containsExactly("answered, node works: true", "database closed, actor system ended: true");
        assertThat(gapless.health().state()).isEqualTo(Health.State.CLOSED);
        assertThat(prices.status().state()).isEqualTo(TableStatus.State.CLOSED);
    }

    /** New requests are refused. */
    private static boolean isStopping(ConfigurableApplicationContext context) {
        String port = context.getEnvironment().getProperty("local.server.port");
        try {
            new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(port)).close();
            return false;
        } catch (IOException refused) {
            return true;
        }
    }
}
