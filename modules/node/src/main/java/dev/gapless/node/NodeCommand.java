package dev.gapless.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import dev.gapless.gateway.GaplessGateway;
import dev.gapless.internal.forming.Forming;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
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
                    + " partition), or gave way to another cluster with the same id: let its supervisor start it again, or use"
                    + " --rejoin."
        })
final class NodeCommand implements Callable<Integer> {
    private static final String SEEDS = "pekko.cluster.seed-nodes";
    /** How long it waits for a seed node that is silent. */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

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
            description =
                    "If the cluster removed it, or gave way to another one, begins anew in the same process, with empty"
                            + " rings, and joins; it never forms a cluster then.")
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
            options = BufferSettings.of(buffers, System.getenv());
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

    /** Runs as a member, until the end is asked for; or until it is to join anew, with what this returns. */
    private @Nullable Config run(Config config, PrintWriter err) {
        List<String> others = Forming.others(config);
        try (Member member = Member.start(others.isEmpty() ? config : Forming.withSeeds(config, others))) {
            var unused = member.up().thenRun(() -> tellUp(member, err));
            member.gapless().onGivenUp(member::restart);
            startGateway(member, err);
            if (!others.isEmpty()) {
                form(member, others, err);
            }
            var isAskedFor = CompletableFuture.anyOf(member.ended(), termination.requested())
                    .handle((done, error) -> termination.isRequested())
                    .join();
            if (isAskedFor) {
                return null;
            }
            if (member.gaveUp()) {
                tell(err, member.address() + " restarts: " + member.whyEnded());
                return withOthersAsSeeds(config, member.address());
            }
            String winner = member.gaveWayTo();
            if (!rejoin || !(member.wasRemoved() || winner != null)) {
                throw new Failure(member.address() + " has stopped: " + member.whyEnded());
            }
            if (winner == null) {
                tell(err, member.address() + " was removed from the cluster, and joins anew");
                return withOthersAsSeeds(config, member.address());
            }
            tell(err, member.address() + " joins " + winner + ", to whose cluster its own gave way");
            return withFirstSeed(config, "pekko://" + member.system().name() + "@" + winner, member.address());
        }
    }

    /** Returns once the member is let in, forms the cluster, or is to end. Throws Failure if it may do neither. */
    private void form(Member member, List<String> others, PrintWriter err) {
        String silent = Forming.ofConfig(
                        member.system(), others, PATIENCE, what -> tell(err, member.address() + " " + what))
                .run(termination::sleep);
        if (silent != null) {
            throw new Failure("seed node " + silent
                    + " listens and does not answer, or its name cannot be looked up. It may be a member of a cluster, so this"
                    + " node, the first of the seed nodes, forms none. Start that node again, or take it off " + SEEDS
                    + ", and start this one again");
        }
    }

    /** It ends with the member. */
    private static void startGateway(Member member, PrintWriter err) {
        if (!member.system().settings().config().getBoolean("gapless.gateway.enabled")) {
            return;
        }
        try {
            GaplessGateway gateway = GaplessGateway.start(member.system());
            tell(err, "gateway: " + gateway.uri());
        } catch (ConfigException e) {
            throw new Failure("the configuration is wrong: " + e.getMessage(), e);
        } catch (IllegalStateException e) {
            throw new Failure(Failure.reason(e) + ". gapless.gateway.enabled = off does without the gateway", e);
        }
    }

    /** If it asked itself first it would form a cluster of its own where the partition lasts, and nobody would be told. */
    static Config withOthersAsSeeds(Config config, String self) {
        List<String> others = config.getStringList(SEEDS).stream()
                .filter(seed -> !seed.endsWith("@" + self))
                .toList();
        return others.isEmpty() ? config : Forming.withSeeds(config, others);
    }

    /** That one first, and then the others: a node that is not the first of its seed nodes never forms a cluster. */
    static Config withFirstSeed(Config config, String first, String self) {
        return Forming.withSeeds(
                config,
                Stream.concat(
                                Stream.of(first),
                                config.getStringList(SEEDS).stream().filter(seed -> !seed.endsWith("@" + self)))
                        .distinct()
                        .toList());
    }

    /** Not where it was refused, for its name for instance, and is up only for as long as it takes to leave. */
    static void tellUp(Member member, PrintWriter err) {
        if (!member.isEnding()) {
            tell(err, member.gapless().nodeName() + " is up, and listens on " + member.address());
        }
    }

    private static void tell(PrintWriter err, String line) {
        err.println(line);
        err.flush();
    }

    private static void useLogbackBeside(Path file) {
        Path logback = file.toAbsolutePath().resolveSibling("logback.xml");
        if (Files.isReadable(logback)) {
            Logging.configure(logback.toString());
        }
    }
}
