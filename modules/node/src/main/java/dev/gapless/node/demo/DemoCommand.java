package dev.gapless.node.demo;

import dev.gapless.node.Terminal;
import dev.gapless.node.Termination;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "demo",
        mixinStandardHelpOptions = true,
        description = {
            "Shows what the guarantees mean, with three processes.",
            "One publishes the events of its JDK Flight Recorder. A subscribing one is stopped for less than the ring"
                    + " holds, and for more; the publishing one is killed and started again. Ends with a table of what was"
                    + " verified, and with status 0 only if everything held. For Linux and macOS."
        })
public final class DemoCommand implements Callable<Integer> {
    private final Termination termination;

    @Spec
    private CommandSpec spec;

    @Option(names = "--fast", description = "With a smaller ring, so that it takes half as long.")
    private boolean fast;

    public DemoCommand(Termination termination) {
        this.termination = termination;
    }

    @Override
    public Integer call() {
        boolean colours = System.getenv("NO_COLOR") == null && Terminal.onStandardOutput();
        Screen screen = new Screen(spec.commandLine().getOut(), colours);
        return new Demo(fast ? Pace.FAST : Pace.NORMAL, screen, termination).run() ? 0 : 1;
    }
}
