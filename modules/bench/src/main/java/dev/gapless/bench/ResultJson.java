package dev.gapless.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** A result for programs. */
public final class ResultJson {
    private static final ObjectMapper JSON = new ObjectMapper();

    private ResultJson() {}

    /** One document. */
    public static ObjectNode of(Result result) {
        Plan plan = result.plan();
        ObjectNode root = JSON.createObjectNode().put("complete", result.isComplete());
        root.putObject("machine")
                .put("processors", Runtime.getRuntime().availableProcessors())
                .put("os", System.getProperty("os.name") + " " + System.getProperty("os.version"))
                .put("arch", System.getProperty("os.arch"))
                .put("java", Runtime.version().toString());
        ObjectNode settings = root.putObject("settings")
                .put("rounds", plan.rounds())
                .put("warm_up_ms", plan.warmUp().toMillis())
                .put("measure_ms", plan.measure().toMillis())
                .put("baseline", plan.baseline());
        plan.jvmOptions().forEach(settings.putArray("jvm_options")::add);
        ArrayNode workloads = root.putArray("workloads");
        for (Workload workload : plan.workloads()) {
            ArrayNode peers = workloads
                    .addObject()
                    .put("workload", workload.name())
                    .put("description", workload.description())
                    .put("message_bytes", workload.messageBytes())
                    .putArray("peers");
            result.of(workload).forEach(summary -> peer(summary, peers.addObject()));
        }
        return root;
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
