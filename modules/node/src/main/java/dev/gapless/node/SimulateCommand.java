package dev.gapless.node;

import dev.gapless.simulation.schedule.ScheduleReport;
import dev.gapless.simulation.schedule.Simulator;
import java.io.PrintWriter;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

@Command(
        name = "simulate",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Runs the protocol under simulated networks, clocks and faults.",
            "Each seed gives one execution, the same each time. An oracle checks every guarantee. A seed that fails is"
                    + " reduced to the fewest faults that still fail, and the command that shows it is printed."
        })
final class SimulateCommand implements Callable<Integer> {
    private static final int MOST_FAILURES = 5;
    private static final int FIRST_PROGRESS_SECONDS = 2;
    private static final int PROGRESS_SECONDS = 10;

    private final Termination termination;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--seeds",
            required = true,
            paramLabel = "A..B",
            converter = Seeds.Converter.class,
            description = "Which executions; one number for a single one.")
    private Seeds seeds;

    @Option(names = "--trace", description = "Prints all that happens, in virtual time. With a single seed only.")
    private boolean trace;

    @Option(
            names = "--faults",
            paramLabel = "N,N|none",
            converter = FaultNumbers.class,
            description = "Only the faults with these numbers take place. Each seed has its own. By default all do.")
    private @Nullable Set<Integer> faults;

    @Option(names = "--threads", paramLabel = "N", description = "By default as many as there are processors.")
    private int threads = Runtime.getRuntime().availableProcessors();

    SimulateCommand(Termination termination) {
        this.termination = termination;
    }

    /** From the first to the last, both of them included. */
    private record Seeds(long first, long last) {
        static final class Converter implements ITypeConverter<Seeds> {
            @Override
            public Seeds convert(String text) {
                int dots = text.indexOf("..");
                try {
                    long first = Long.parseLong(dots < 0 ? text : text.substring(0, dots));
                    long last = dots < 0 ? first : Long.parseLong(text.substring(dots + 2));
                    if (first <= last && last < Long.MAX_VALUE) {
                        return new Seeds(first, last);
                    }
                } catch (NumberFormatException e) {
                    // told below
                }
                throw new TypeConversionException("'" + text + "' is not A..B with A at most B");
            }
        }
    }

    private static final class FaultNumbers implements ITypeConverter<Set<Integer>> {
        @Override
        public Set<Integer> convert(String text) {
            Set<Integer> numbers = new TreeSet<>();
            try {
                if (!text.equals("none")) {
                    Arrays.stream(text.split(",", -1)).map(Integer::valueOf).forEach(numbers::add);
                }
            } catch (NumberFormatException e) {
                throw new TypeConversionException("'" + text + "' is neither 'none' nor numbers with commas between");
            }
            return numbers;
        }
    }

    @Override
    public Integer call() {
        if (threads < 1) {
            throw new ParameterException(spec.commandLine(), "--threads is at least 1");
        }
        // Before any class of the protocol is initialized: what it asserts is checked, too.
        SimulateCommand.class.getClassLoader().setPackageAssertionStatus("dev.gapless.core", true);
        if (trace) {
            trace();
        } else {
            simulate();
        }
        return 0;
    }

    private void trace() {
        if (seeds.first != seeds.last) {
            throw new ParameterException(spec.commandLine(), "--trace needs a single seed, as in --seeds 7");
        }
        PrintWriter out = spec.commandLine().getOut();
        String broken = Simulator.trace(seeds.first, faults, out::println);
        out.flush();
        if (broken != null) {
            throw new Failure("seed " + seeds.first + ": " + broken);
        }
    }

    private void simulate() {
        ScheduleReport report = new ScheduleReport(MOST_FAILURES);
        termination.requested().thenRun(report::end);
        ScheduledExecutorService progress = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "progress");
            thread.setDaemon(true);
            return thread;
        });
        PrintWriter err = spec.commandLine().getErr();
        err.println("simulating seeds " + seeds.first + ".." + seeds.last + ", " + threads + " at a time");
        err.flush();
        progress.scheduleAtFixedRate(
                () -> err.println(report.progress()), FIRST_PROGRESS_SECONDS, PROGRESS_SECONDS, TimeUnit.SECONDS);
        Simulator.runAll(seeds.first, seeds.last, faults, threads, report);
        progress.shutdown();
        PrintWriter out = spec.commandLine().getOut();
        report.lines().forEach(out::println);
        out.flush();
        String broken = report.broken();
        if (broken != null) {
            throw new Failure(broken);
        } else if (termination.isRequested()) {
            throw new Failure("interrupted after " + report.of("schedules") + " schedules");
        }
    }
}
