package dev.gapless.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigValueFactory;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "node",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Runs a node of the cluster, until SIGINT or SIGTERM.",
            "It says on standard error when it is up, and ends with status 1 if the cluster removed it (after a long"
                    + " partition): let its supervisor start it again, or use --rejoin."
        })
final class NodeCommand implements Callable<Integer> {
    private static final String SEEDS = "pekko.cluster.seed-nodes";

    private final Termination termination;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--config",
            required = true,
            paramLabel = "FILE",
            description = "Its settings, in HOCON, as in conf/node1.conf. A logback.xml beside it is used, too.")
    private Path file;

    @Option(
            names = "--rejoin",
            description = "If the cluster removed it, begins anew in the same process, with empty rings, and joins.")
    private boolean rejoin;

    @Mixin
    private BufferOptions buffers;

    NodeCommand(Termination termination) {
        this.termination = termination;
    }

    @Override
    public Integer call() {
        useLogbackBeside(file);
        Config options;
        try {
            options = buffers.overrides(System.getenv());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
        Config next = ProgramConfig.of(options, file, spec.commandLine());
        PrintWriter err = spec.commandLine().getErr();
        while (next != null) {
            next = run(next, err);
        }
        return 0;
    }

    /** Runs as a member, until the end is asked for; or until the cluster removed it and it is to join anew, with that. */
    private @Nullable Config run(Config config, PrintWriter err) {
        try (Member member = Member.start(config)) {
            var unused = member.up().thenRun(() -> tellUp(member, err));
            var isAskedFor = CompletableFuture.anyOf(member.ended(), termination.requested())
                    .handle((done, error) -> termination.isRequested())
                    .join();
            if (isAskedFor) {
                return null;
            }
            if (!rejoin || !member.wasRemoved()) {
                throw new Failure(member.address() + " has stopped: " + member.whyEnded());
            }
            err.println(member.address() + " was removed by the other members, and joins anew");
            err.flush();
            return withOthersAsSeeds(config, member.address());
        }
    }

    /** If it asked itself first it would form a cluster of its own where the partition lasts, and nobody would be told. */
    static Config withOthersAsSeeds(Config config, String self) {
        List<String> others = config.getStringList(SEEDS).stream()
                .filter(seed -> !seed.endsWith("@" + self))
                .toList();
        return others.isEmpty() ? config : config.withValue(SEEDS, ConfigValueFactory.fromIterable(others));
    }

    /** Not where it was refused, for its name for instance, and is up only for as long as it takes to leave. */
    static void tellUp(Member member, PrintWriter err) {
        if (!member.isEnding()) {
            err.println(member.gapless().nodeName() + " is up, and listens on " + member.address());
            err.flush();
        }
    }

    private static void useLogbackBeside(Path file) {
        Path logback = file.toAbsolutePath().resolveSibling("logback.xml");
        if (Files.isReadable(logback)) {
            Logging.configure(logback.toString());
        }
    }
}
