package dev.gapless.node;

import dev.gapless.core.Limits;
import java.io.PrintWriter;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * A command that joins the cluster as a member for as long as it runs, or asks a gateway. No field and no method of it and of
 * its subclasses names a class of the cluster: {@code --url} starts in a fraction of a second because it loads none.
 */
@Command(mixinStandardHelpOptions = true, versionProvider = Version.class)
abstract class ToolCommand implements Callable<Integer> {
    /** What only a member of the cluster can do. */
    private static final Set<String> OF_MEMBERS = Set.of(
            "--system",
            "--name",
            "--host",
            "--port",
            "--join-timeout",
            "--config",
            "--buffer-messages",
            "--buffer-bytes",
            "--overflow");

    private static final Set<String> OF_GATEWAYS = Set.of("--retry-for", "--token-env", "--token-command", "--ca");

    final Termination termination;

    @Spec
    CommandSpec spec;

    @Mixin
    MemberOptions member;

    @Mixin
    GatewayOptions gateway;

    ToolCommand(Termination termination) {
        this.termination = termination;
    }

    @Override
    public final Integer call() {
        boolean joins = !member.seeds().isEmpty();
        boolean asks = !gateway.urls().isEmpty();
        if (joins == asks) {
            throw new ParameterException(
                    spec.commandLine(),
                    joins
                            ? "--seed joins the cluster, and --url asks a gateway: give one of them"
                            : "give --url URL of a gateway, or --seed HOST:PORT to join the cluster");
        }
        for (OptionSpec option : spec.commandLine().getParseResult().matchedOptions()) {
            if (asks && isOfMembers(option.longestName())) {
                throw new ParameterException(
                        spec.commandLine(),
                        option.longestName() + " is of a member of the cluster (--seed): the gateway's node has its own"
                                + " in its configuration");
            }
            if (joins && OF_GATEWAYS.contains(option.longestName())) {
                throw new ParameterException(
                        spec.commandLine(), option.longestName() + " is of --url: it says nothing to --seed");
            }
        }
        checkTopic();
        if (asks) {
            overGateway();
        } else {
            asMember();
        }
        return 0;
    }

    /** Before anything is read or joined. */
    private void checkTopic() {
        String name = topic();
        if (name != null) {
            try {
                Limits.checkGivenName("topic's name", name);
            } catch (IllegalArgumentException e) {
                throw new ParameterException(spec.commandLine(), "--topic: " + e.getMessage(), e);
            }
        }
    }

    /** What {@code --topic} says; null for a command that has none. */
    @Nullable String topic() {
        return null;
    }

    /** Is this an option that only a member of the cluster has? */
    boolean isOfMembers(String option) {
        return OF_MEMBERS.contains(option);
    }

    /** Joins, and does its work. */
    abstract void asMember();

    /** Asks a gateway to do its work. */
    abstract void overGateway();

    /** Says on standard error what the command waits for. */
    final void tell(String line) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(spec.qualifiedName() + ": " + line);
        err.flush();
    }
}
