package dev.gapless.node;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The entry of {@code gapless.jar}. Exit status: 0 done, 1 failed, 2 wrong usage. */
@Command(
        name = "gapless",
        mixinStandardHelpOptions = true,
        version = "gapless 0.1.0-SNAPSHOT",
        description = "Clustered publish and subscribe that states every gap.")
public final class GaplessCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new GaplessCommand()).setParameterExceptionHandler((error, args) -> {
            CommandLine command = error.getCommandLine();
            String name = command.getCommandSpec().qualifiedName();
            command.getErr().println(name + ": " + error.getMessage() + " (see " + name + " --help)");
            return CommandLine.ExitCode.USAGE;
        });
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is needed");
    }
}
