package dev.gapless.node;

import com.typesafe.config.ConfigFactory;
import dev.gapless.gateway.internal.json.StatusJson;
import java.io.PrintWriter;
import java.time.Duration;
import java.time.Instant;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "status",
        description = {
            "Prints how the cluster is.",
            "The members, and each topic's producers, consumers, cursors, lag, ring use, and expiries by reason."
        })
final class StatusCommand extends MemberCommand {
    private static final Duration ANSWERS_TIMEOUT = Duration.ofSeconds(5);

    @Option(names = "--json", description = "As JSON, for programs.")
    private boolean asJson;

    StatusCommand(Termination termination) {
        super(termination);
    }

    @Override
    public Integer call() {
        PrintWriter out = spec.commandLine().getOut();
        try (Member member = join(ConfigFactory.empty())) {
            ClusterStatus status = ClusterStatus.ask(member, ANSWERS_TIMEOUT, termination);
            if (asJson) {
                out.println(StatusJson.of(status.nodes(), status.silent(), Instant.now())
                        .toPrettyString());
            } else {
                StatusTable.of(status).forEach(out::println);
            }
            out.flush();
        }
        return 0;
    }
}
