package dev.gapless.node;

import com.typesafe.config.ConfigFactory;
import dev.gapless.gateway.internal.json.StatusJson;
import java.time.Duration;
import java.time.Instant;
import picocli.CommandLine.Model.CommandSpec;

/** Prints the status as a member of the cluster sees it. */
final class MemberStatus {
    private static final Duration ANSWERS_TIMEOUT = Duration.ofSeconds(5);

    private final MemberStart start;
    private final CommandSpec spec;
    private final Termination termination;

    MemberStatus(MemberStart start, CommandSpec spec, Termination termination) {
        this.start = start;
        this.spec = spec;
        this.termination = termination;
    }

    void run(boolean asJson) {
        try (Member member = start.join(ConfigFactory.empty())) {
            ClusterStatus status = ClusterStatus.ask(member, ANSWERS_TIMEOUT, termination);
            StatusTable.print(
                    StatusJson.of(status.nodes(), status.silent(), Instant.now()),
                    asJson,
                    spec.commandLine().getOut());
        }
    }
}
