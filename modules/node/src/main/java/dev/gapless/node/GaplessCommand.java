package dev.gapless.node;

import dev.gapless.node.demo.DemoCommand;
import dev.gapless.node.demo.DemoNodeCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The entry of {@code gapless.jar}. Exit status: 0 done, 1 failed, 2 wrong usage. */
@Command(
        name = "gapless",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "Clustered publish and subscribe that states every gap.")
public final class GaplessCommand implements Runnable {
    @Spec
    private CommandSpec spec;

    public static void main(String[] args) {
        Termination termination = new Termination();
        termination.install();
        termination.exit(commandLine(termination).execute(args));
    }

    static CommandLine commandLine(Termination termination) {
        CommandLine commands = new CommandLine(new GaplessCommand())
                .addSubcommand(new NodeCommand(termination))
                .addSubcommand(new PublishCommand(termination))
                .addSubcommand(new SubscribeCommand(termination))
                .addSubcommand(new StatusCommand(termination))
                .addSubcommand(new DemoCommand(termination))
                .addSubcommand(new SimulateCommand(termination))
                .addSubcommand(new DemoNodeCommand());
        // These apply to the subcommands that are there by now.
        return commands.setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(GaplessCommand::wrongUsage)
                .setExecutionExceptionHandler(GaplessCommand::failed);
    }

    private static int wrongUsage(ParameterException error, String[] args) {
        CommandLine command = error.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        command.getErr()
                .println(name + ": " + oneLine(String.valueOf(error.getMessage())) + " (see " + name + " --help)");
        return CommandLine.ExitCode.USAGE;
    }

    private static int failed(Exception error, CommandLine command, CommandLine.ParseResult parsed) {
        String what = error instanceof Failure ? error.getMessage() : error.toString();
        command.getErr().println(command.getCommandSpec().qualifiedName() + ": " + oneLine(String.valueOf(what)));
        return CommandLine.ExitCode.SOFTWARE;
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", " ");
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is needed");
    }
}
