package dev.gapless.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Runs a plan. Within a round all peers run, one after the other, so that what the machine does meanwhile meets all of them. */
public final class Benchmark implements AutoCloseable {
    /** A signal for all processes of a terminal may end those of a run before this one hears of it. */
    private static final long SIGNAL_MS = 500;

    private final Plan plan;
    private final Children children;
    private final Consumer<String> progress;

    /**
     * A benchmark; nothing runs yet.
     *
     * @param classPath of its processes: with this class, and what it needs
     * @param progress is told in one line after each run
     */
    public Benchmark(Plan plan, String classPath, Consumer<String> progress) throws IOException {
        this.plan = plan;
        this.children = new Children(classPath, plan.jvmOptions());
        this.progress = progress;
    }

    /** Runs everything; or what it can until it is closed. */
    public Result run() throws IOException, InterruptedException {
        List<Run> runs = new ArrayList<>();
        for (Workload workload : plan.workloads()) {
            for (int round = 1; round <= plan.rounds(); round++) {
                for (String peer : plan.peersOf(workload)) {
                    Run run = run(workload, round, peer);
                    if (children.isClosed()) {
                        return new Result(plan, runs);
                    }
                    runs.add(run);
                    progress.accept(runs.size() + "/" + plan.runs() + " " + said(run));
                }
            }
        }
        return new Result(plan, runs);
    }

    private Run run(Workload workload, int round, String peer) throws IOException, InterruptedException {
        try {
            return OneRun.of(plan, workload, peer, children).run(round);
        } catch (RunFailure e) {
            for (long waited = 0; waited < SIGNAL_MS && !children.isClosed(); waited += 10) {
                Thread.sleep(10);
            }
            return Run.failed(workload, round, peer, String.valueOf(e.getMessage()));
        } finally {
            children.end();
        }
    }

    private static String said(Run run) {
        String what = run.workload() + " round " + run.round() + " " + run.peer() + ": ";
        if (!run.passed()) {
            return what + "FAILED: " + run.problem();
        }
        String noise = Double.isNaN(run.others())
                ? "what others used is not known"
                : String.format(Locale.ROOT, "others %.1f %%%s", run.others() * 100, run.isQuiet() ? "" : ", noisy");
        List<Figure> told = Stream.of(run.workload().headline(), Figure.RATE, Figure.CPU)
                .filter(run.figures()::containsKey)
                .distinct()
                .toList();
        return what
                + told.stream()
                        .map(figure -> String.format(
                                Locale.ROOT,
                                "%s %,.2f, ",
                                figure.key(),
                                run.figures().get(figure)))
                        .collect(Collectors.joining())
                + noise;
    }

    /** Ends all processes, and with them the run; any thread may. */
    @Override
    public void close() {
        children.close();
    }
}
