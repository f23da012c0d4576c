package dev.gapless.node;

import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
        name = "status",
        description = {
            "Prints how the cluster is.",
            "The members, and each topic's producers, consumers, cursors, lag, ring use, and expiries by reason."
        })
final class StatusCommand extends ToolCommand {
    @Option(names = "--json", description = "As JSON, for programs.")
    private boolean asJson;

    StatusCommand(Termination termination) {
        super(termination);
    }

    @Override
    void asMember() {
        new MemberStatus(new MemberStart(member, spec, termination), spec, termination).run(asJson);
    }

    @Override
    void overGateway() {
        new GatewayStatus(gateway.links(spec, termination, this::tell), spec).run(asJson);
    }
}
