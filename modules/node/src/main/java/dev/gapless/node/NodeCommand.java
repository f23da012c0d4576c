package dev.gapless.node;

import com.typesafe.config.Config;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
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
                    + " partition): let its supervisor start it again."
        })
final class NodeCommand implements Callable<Integer> {
    private final Termination termination;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--config",
            required = true,
            paramLabel = "FILE",
            description = "Its settings, in HOCON, as in conf/node1.conf. A logback.xml beside it is used, too.")
    private Path file;

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
        Config config = ProgramConfig.of(options, file, spec.commandLine());
        PrintWriter err = spec.commandLine().getErr();
        try (Member member = Member.start(config)) {
            var unused = member.up().thenRun(() -> tellUp(member, err));
            var first = CompletableFuture.anyOf(member.ended(), termination.requested())
                    .handle((done, error) -> termination.isRequested())
                    .join();
            if (!first) {
                throw new Failure(member.address() + " has stopped: " + member.whyEnded());
            }
        }
        return 0;
    }

    private static void tellUp(Member member, PrintWriter err) {
        err.println(member.gapless().nodeName() + " is up, and listens on " + member.address());
        err.flush();
    }

    private static void useLogbackBeside(Path file) {
        Path logback = file.toAbsolutePath().resolveSibling("logback.xml");
        if (Files.isReadable(logback)) {
            Logging.configure(logback.toString());
        }
    }
}
