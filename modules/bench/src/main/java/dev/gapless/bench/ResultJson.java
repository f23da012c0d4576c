package dev.gapless.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A result for programs, and for {@code gapless bench-report}. */
public final class ResultJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private ResultJson() {}

    /** One document. */
    public static ObjectNode of(Result result) {
        Plan plan = result.plan();
        ObjectNode root = JSON.createObjectNode()
                .put("complete", result.isComplete())
                .put("at", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
        root.putObject("machine")
                .put("processors", Runtime.getRuntime().availableProcessors())
                .put("processor", Machine.processor())
                .put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"))
                .put("arch", System.getProperty("os.arch"))
                .put("java", Runtime.version().toString())
                .put("jvm", System.getProperty("java.vm.name") + " of " + System.getProperty("java.vm.vendor"));
        ObjectNode settings = root.putObject("settings")
                .put("rounds", plan.rounds())
                .put("warm_up_ms", plan.warmUp().toMillis())
                .put("measure_ms", plan.measure().toMillis())
                .put("baseline", plan.baseline());
        plan.jvmOptions().forEach(settings.putArray("jvm_options")::add);
        plan.peers().forEach(settings.putArray("peers")::add);
        ArrayNode workloads = root.putArray("workloads");
        for (Workload workload : plan.workloads()) {
            ObjectNode entry = workloads
                    .addObject()
                    .put("workload", workload.name())
                    .put("description", workload.description())
                    .put("message_bytes", workload.messageBytes())
                    .put("baseline", plan.baselineOf(workload));
            Growth growth = workload.growth();
            if (growth != null) {
                entry.put("growth", growth.counted()).put("amount", workload.amount());
            }
            ArrayNode peers = entry.putArray("peers");
            result.of(workload).forEach(summary -> peer(summary, peers.addObject()));
        }
        return root;
    }

    /**
     * What {@link #of} made a document of. Figures are taken from its runs, and summed up anew.
     *
     * @throws IllegalArgumentException if it is no such document; says why
     */
    public static Result read(JsonNode root) {
        JsonNode settings = root.required("settings");
        List<Workload> workloads = new ArrayList<>();
        List<Run> runs = new ArrayList<>();
        for (JsonNode entry : root.required("workloads")) {
            Workload workload = workload(entry.required("workload").asText());
            workloads.add(workload);
            for (JsonNode peer : entry.required("peers")) {
                for (JsonNode run : peer.required("runs")) {
                    runs.add(run(workload, peer.required("peer").asText(), run));
                }
            }
        }
        Plan plan = new Plan(
                workloads,
                texts(settings.required("peers")),
                settings.required("baseline").asText(),
                settings.required("rounds").asInt(),
                Duration.ofMillis(settings.required("warm_up_ms").asLong()),
                Duration.ofMillis(settings.required("measure_ms").asLong()),
                texts(settings.required("jvm_options")),
                Scale.FULL);
        return new Result(plan, runs);
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    private static Workload workload(String name) {
        return Stream.of(Workload.values())
                .filter(workload -> workload.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no workload '" + name + "'"));
    }

    private static Run run(Workload workload, String peer, JsonNode json) {
        int round = json.required("round").asInt();
        if (json.has("problem")) {
            return Run.failed(workload, round, peer, json.path("problem").asText());
        }
        JsonNode others = json.required("others");
        Map<Figure, Double> figures = new EnumMap<>(Figure.class);
        JsonNode values = json.required("figures");
        for (Figure figure : Figure.values()) {
            if (values.path(figure.key()).isNumber()) {
                figures.put(figure, values.path(figure.key()).asDouble());
            }
        }
        if (figures.size() < values.size()) {
            throw new IllegalArgumentException("the figures " + values + " are not all known");
        }
        return new Run(workload, round, peer, figures, others.isNumber() ? others.asDouble() : Double.NaN, "");
    }

    private static void peer(Summary summary, ObjectNode json) {
        json.put("peer", summary.peer())
                .put("quiet", summary.quiet())
                .put("noisy", summary.noisy())
                .put("failed", summary.failed())
                .put("noisy_figures", summary.noisyFigures())
                .put("noisy_ratios", summary.noisyRatios());
        spreads(summary.figures(), json.putObject("figures"));
        spreads(summary.ratios(), json.putObject("ratios"));
        ArrayNode runs = json.putArray("runs");
        for (Run run : summary.runs()) {
            ObjectNode entry = runs.addObject().put("round", run.round());
            if (run.passed()) {
                entry.put("quiet", run.isQuiet());
                entry.put("others", Double.isNaN(run.others()) ? null : (Double) run.others());
                ObjectNode figures = entry.putObject("figures");
                for (Figure figure : Figure.values()) {
                    Double value = run.figures().get(figure);
                    if (value != null) {
                        figures.put(figure.key(), value);
                    }
                }
            } else {
                entry.put("problem", run.problem());
            }
        }
    }

    private static void spreads(Map<Figure, Spread> spreads, ObjectNode json) {
        spreads.forEach((figure, spread) -> json.putObject(figure.key())
                .put("median", spread.median())
                .put("min", spread.min())
                .put("max", spread.max()));
    }
}
