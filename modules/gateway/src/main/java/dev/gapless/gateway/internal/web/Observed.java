package dev.gapless.gateway.internal.web;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gapless.Gapless;
import dev.gapless.GaplessMetrics;
import dev.gapless.NodeStatus;
import dev.gapless.gateway.internal.access.Access;
import dev.gapless.gateway.internal.budget.Budget;
import dev.gapless.gateway.internal.budget.Share;
import dev.gapless.gateway.internal.client.Clients;
import dev.gapless.gateway.internal.client.Common;
import dev.gapless.gateway.internal.client.Connected;
import dev.gapless.gateway.internal.client.Readiness;
import dev.gapless.gateway.internal.client.Sent;
import dev.gapless.gateway.internal.client.Tally;
import dev.gapless.gateway.internal.client.Unsent;
import dev.gapless.gateway.internal.json.PayloadJson;
import dev.gapless.gateway.internal.json.RequestException;
import dev.gapless.gateway.internal.json.StatusJson;
import dev.gapless.gateway.internal.publish.ClientRings;
import dev.gapless.gateway.internal.status.StatusAsker;
import dev.gapless.gateway.internal.tls.Tls;
import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.ToDoubleFunction;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.Member;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** What the gateway tells of its node and of itself: status, health, metrics. Thread-safe. */
final class Observed implements AutoCloseable {
    private static final double[] BATCH_SIZES = {1, 2, 5, 10, 20, 50, 100};

    private final Gapless gapless;
    private final Cluster cluster;
    private final Clients clients;
    private final Common common;
    private final Readiness readiness;
    private final GaplessMetrics metrics;
    private final StatusAsker asker;
    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    Observed(Gapless gapless, Cluster cluster, Clients clients, Common common, Readiness readiness, @Nullable Tls tls) {
        this.gapless = gapless;
        this.cluster = cluster;
        this.clients = clients;
        this.common = common;
        this.readiness = readiness;
        this.metrics = new GaplessMetrics(gapless);
        this.asker = new StatusAsker(this::ask, common.later(), common.settings().statusWatchers);
        metrics.bindTo(registry);
        new FileDescriptorMetrics().bindTo(registry);
        for (String protocol : common.tally().connected().keySet()) {
            Gauge.builder("gapless.gateway.clients", clients, all -> all.ofProtocol(protocol))
                    .tag("protocol", protocol)
                    .description("Clients that are connected to this gateway")
                    .register(registry);
        }
        Gauge.builder("gapless.gateway.unsent", common.unsent(), Unsent::bytes)
                .baseUnit("bytes")
                .description("What is under way to clients, as far as gapless.gateway.unsent-bytes bounds it")
                .register(registry);
        for (Share share : Share.OF_REQUESTS) {
            Gauge.builder("gapless.gateway.budget.used", common.budget(), budget -> budget.bytes(share))
                    .baseUnit("bytes")
                    .tag("share", share.label())
                    .description("Heap that clients cause, estimated, as far as gapless.gateway.budget bounds it")
                    .register(registry);
        }
        Gauge.builder("gapless.gateway.budget.max", common.budget(), Budget::most)
                .baseUnit("bytes")
                .description("Heap that clients may cause: gapless.gateway.budget")
                .register(registry);
        Gauge.builder("gapless.gateway.rings", common.publisher().rings(), ClientRings::bytes)
                .baseUnit("bytes")
                .description(
                        "What the rings of topics take that clients began, as far as gapless.gateway.rings bounds it")
                .register(registry);
        Gauge.builder("gapless.gateway.rings.max", common.publisher().rings(), ClientRings::most)
                .baseUnit("bytes")
                .description("What they may take: gapless.gateway.rings")
                .register(registry);
        Gauge.builder("gapless.gateway.unfinished", common.budget(), budget -> budget.bytes(Share.UNFINISHED))
                .baseUnit("bytes")
                .description(
                        "What clients have sent and is not dealt with, as far as gapless.gateway.unfinished-bytes bounds it")
                .register(registry);
        if (tls != null) {
            Gauge.builder(
                            "gapless.gateway.certificate.expires",
                            tls,
                            its -> its.expiresIn().toSeconds())
                    .baseUnit("seconds")
                    .description("How long the gateway's certificate is valid yet; negative once it has expired")
                    .register(registry);
        }
        if (common.access().fetchesKeys()) {
            Gauge.builder(
                            "gapless.gateway.jwks.age",
                            common.access(),
                            access -> access.keysAge().toMillis() / 1_000.0)
                    .baseUnit("seconds")
                    .description("How long ago the keys of JWTs were fetched")
                    .register(registry);
        }
        if (common.access().takesJwts()) {
            Gauge.builder("gapless.gateway.jwks.ignored", common.access(), Access::ignoredKeys)
                    .description("Keys of the issuer of JWTs that are ignored, since they cannot be used")
                    .register(registry);
        }
        FunctionCounter.builder(
                        "gapless.gateway.audit.omitted",
                        common.access(),
                        access -> access.audit().omitted())
                .description("Lines that the audit left out: see gapless.gateway.access.audit-per-second")
                .register(registry);
        FunctionCounter.builder("gapless.gateway.status.asked", asker.asked(), LongAdder::sum)
                .description("How often the members were asked for their status, for all who look on")
                .register(registry);
        Tally tally = common.tally();
        byLabel("connected", "protocol", tally.connected(), "Clients that have connected");
        byLabel("closed", "status", tally.closed(), "Clients that have ended");
        byLabel(
                "connection.errors",
                "protocol",
                tally.connectionErrors(),
                "TLS that failed, and errors in HTTP/2 of gRPC");
        byLabel("mute.ended", "protocol", tally.muteEnded(), "Those who had not said who they are, ended for others");
        byLabel("refused", "code", tally.refused(), "Requests, commands and messages that were refused");
        DistributionSummary batches = DistributionSummary.builder("gapless.gateway.batch.events")
                .serviceLevelObjectives(BATCH_SIZES)
                .description("Events of a frame that has any")
                .register(registry);
        common.sent().observe(batches::record);
        counter("events.sent", null, Sent::events, "Events that were written to clients");
        counter("batches.sent", null, Sent::batches, "Frames with events that were written to clients");
        counter("frames.sent", null, Sent::frames, "Frames of any kind that were written to clients");
        counter("sent", "bytes", Sent::bytes, "What was written to clients");
        counter(
                "lagged",
                null,
                Sent::lagged,
                "Messages that clients were told that they missed, but for what they say themselves");
    }

    private void byLabel(String name, String label, Map<String, LongAdder> counters, String what) {
        counters.forEach((value, counter) -> FunctionCounter.builder("gapless.gateway." + name, counter, LongAdder::sum)
                .tag(label, value)
                .description(what)
                .register(registry));
    }

    private void counter(String name, @Nullable String unit, ToDoubleFunction<Sent> count, String what) {
        FunctionCounter.builder("gapless.gateway." + name, common.sent(), count)
                .baseUnit(unit)
                .description(what)
                .register(registry);
    }

    /** Asks for it, for all who look on. */
    StatusAsker asker() {
        return asker;
    }

    CompletionStage<HttpAnswer> status() {
        return ask().thenApply(HttpAnswer::ok);
    }

    private CompletionStage<ObjectNode> ask() {
        Instant asked = Instant.now(); // members answer then, and one that is silent is waited for
        return gapless.status(common.settings().statusTimeout).thenApply(nodes -> {
            ObjectNode status = StatusJson.of(nodes, silent(nodes), asked);
            ObjectNode gateway = status.putObject("gateway")
                    .put("node", gapless.nodeName())
                    .put("client_count", clients.size())
                    .put("events_sent", common.sent().events())
                    .put("lagged_total", common.sent().lagged())
                    .put("not_ready", notReady());
            concerns(gateway.putArray("concerns"));
            List<Behind> all = behind();
            int most = common.settings().statusClients;
            gateway.put("truncated", all.size() > most);
            ArrayNode some = gateway.putArray("clients");
            all.stream().limit(most).forEach(one -> one.client().describe(some.addObject()));
            return status;
        });
    }

    /** What is wrong with the node, also where it is ready. */
    private void concerns(ArrayNode concerns) {
        common.host()
                .health()
                .concerns()
                .forEach(concern -> concerns.addObject()
                        .put("kind", concern.kind().key())
                        .put("what", concern.what())
                        .put("since", concern.since().toString()));
    }

    /** Why clients should go elsewhere; null if they need not. */
    private @Nullable String notReady() {
        try {
            readiness.check();
            return null;
        } catch (RequestException e) {
            return e.why();
        }
    }

    /** A client, and how far it was behind when it was asked. */
    private record Behind(Connected client, long lag) {}

    /** All clients, and those first that are the furthest behind. */
    private List<Behind> behind() {
        return clients.all().stream()
                .map(client -> new Behind(client, client.lag()))
                .sorted(Comparator.comparingLong(Behind::lag).reversed())
                .toList();
    }

    private List<String> silent(List<NodeStatus> answered) {
        List<String> silent = new ArrayList<>();
        for (Member member : cluster.state().getMembers()) {
            String address = member.address().getHost().orElse("") + ":"
                    + member.address().getPort().orElse(0);
            if (answered.stream().noneMatch(node -> node.address().equals(address))) {
                silent.add(address);
            }
        }
        return silent;
    }

    /** The process serves. */
    HttpAnswer alive() {
        return HttpAnswer.ok(PayloadJson.JSON.createObjectNode().put("status", "up"));
    }

    /** Throws {@link dev.gapless.gateway.internal.json.RequestException} while clients should go elsewhere. */
    /** @param detailed whether it is told why it is not: that names topics and nodes */
    HttpAnswer ready(boolean detailed) {
        try {
            readiness.check();
        } catch (RequestException e) {
            throw detailed
                    ? e
                    : new RequestException(e.kind(), "The node is not ready: who may see status is told why", e);
        }
        ObjectNode answer = PayloadJson.JSON.createObjectNode().put("status", "ready");
        if (detailed) {
            concerns(answer.putArray("concerns"));
        }
        return HttpAnswer.ok(answer);
    }

    /** As Prometheus reads them. */
    void sendMetrics(Response response, Callback callback) {
        HttpAnswer.text(
                response, 200, "text/plain; version=0.0.4; charset=utf-8", registry.scrape(), Map.of(), callback);
    }

    @Override
    public void close() {
        metrics.close();
        registry.close();
    }
}
