package dev.gapless.node;

import com.typesafe.config.Config;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** A command that joins the cluster as a member for as long as it runs. */
@Command(mixinStandardHelpOptions = true, versionProvider = Version.class)
abstract class MemberCommand implements Callable<Integer> {
    final Termination termination;

    @Spec
    CommandSpec spec;

    @Mixin
    private MemberOptions options;

    MemberCommand(Termination termination) {
        this.termination = termination;
    }

    /** Joins; the settings given go before all others. */
    final Member join(Config settings) {
        return options.join(settings, termination, this::tell);
    }

    /** Says on standard error what the command waits for. */
    void tell(String line) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(spec.qualifiedName() + ": " + line);
        err.flush();
    }
}
