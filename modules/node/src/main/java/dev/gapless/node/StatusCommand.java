package dev.gapless.node;

import com.typesafe.config.ConfigFactory;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        description = {
            "Prints how the cluster is.",
            "The members, and each topic's producers, consumers, cursors, lag, ring use, and expiries by reason."
        })
final class StatusCommand implements Callable<Integer> {
    private static final Duration ANSWERS_TIMEOUT = Duration.ofSeconds(5);

    private final Termination termination;

    @Spec
    private CommandSpec spec;

    @Option(names = "--json", description = "As JSON, for programs.")
    private boolean asJson;

    @Mixin
    private MemberOptions options;

    StatusCommand(Termination termination) {
        this.termination = termination;
    }

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try (Member member = options.join(ConfigFactory.empty(), termination)) {
            ClusterStatus status = ClusterStatus.ask(member, ANSWERS_TIMEOUT, termination);
            if (asJson) {
                out.println(StatusJson.of(status, Instant.now()).toPrettyString());
            } else {
                StatusTable.of(status).forEach(out::println);
            }
            out.flush();
        }
        return 0;
    }
}
