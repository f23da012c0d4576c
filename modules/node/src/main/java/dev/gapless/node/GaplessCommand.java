package dev.gapless.node;

import dev.gapless.internal.spelling.Spelling;
import dev.gapless.node.demo.DemoCommand;
import dev.gapless.node.demo.DemoNodeCommand;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The entry of {@code gapless.jar}. Exit status: 0 done, 1 failed, 2 wrong usage, 3 published and not delivered to all. */
@Command(
        name = "gapless",
        mixinStandardHelpOptions = true,
        versionProvider = Version.class,
        synopsisSubcommandLabel = "COMMAND",
        description = "Clustered publish and subscribe that states every gap.")
public final class GaplessCommand implements Runnable {
    private static final List<String> COMMANDS = List.of(
            "node",
            "publish",
            "subscribe",
            "status",
            "journal",
            "token",
            "demo",
            "simulate",
            "bench",
            "bench-report",
            "demo-node");

    @Spec
    private CommandSpec spec;

    public static void main(String[] args) {
        Logging.takeJavaLogging();
        Termination termination = new Termination();
        termination.install();
        StandardOutput out = new StandardOutput();
        out.install();
        termination.exit(run(args, termination, out));
    }

    private static int run(String[] given, Termination termination, StandardOutput out) {
        // Streams are UTF-8, as arguments are, whatever the locale says.
        PrintWriter outWriter = writer(System.out);
        PrintWriter errWriter = writer(System.err);
        String[] args;
        try {
            args = Arguments.of(given);
        } catch (Failure e) {
            errWriter.println("gapless: " + e.getMessage());
            return CommandLine.ExitCode.USAGE;
        }
        CommandLine commands = commandLine(termination, args).setOut(outWriter).setErr(errWriter);
        return statusOf(commands.execute(args), out, commands);
    }

    private static PrintWriter writer(PrintStream stream) {
        return new PrintWriter(new OutputStreamWriter(stream, StandardCharsets.UTF_8), true);
    }

    /** A command whose output was lost has failed, whatever it says of itself. */
    static int statusOf(int status, StandardOutput out, CommandLine commands) {
        if (status != CommandLine.ExitCode.OK) {
            return status;
        }
        try {
            out.check();
            return status;
        } catch (Failure lost) {
            return failed(lost, commands);
        }
    }

    /** Knows all commands. */
    static CommandLine commandLine(Termination termination) {
        return commandLine(termination, COMMANDS);
    }

    /** Knows the command that the arguments name, and loads no other; all of them if they name none. */
    private static CommandLine commandLine(Termination termination, String[] args) {
        boolean names = args.length > 0 && COMMANDS.contains(args[0]);
        return commandLine(termination, names ? List.of(args[0]) : COMMANDS);
    }

    private static CommandLine commandLine(Termination termination, List<String> names) {
        CommandLine commands = new CommandLine(new GaplessCommand());
        for (String name : names) {
            commands.addSubcommand(command(name, termination));
        }
        // These apply to the subcommands that are there by now.
        return commands.setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(GaplessCommand::wrongUsage)
                .setExecutionExceptionHandler((error, command, parsed) -> failed(error, command));
    }

    private static Object command(String name, Termination termination) {
        return switch (name) {
            case "node" -> new NodeCommand(termination);
            case "publish" -> new PublishCommand(termination);
            case "subscribe" -> new SubscribeCommand(termination);
            case "status" -> new StatusCommand(termination);
            case "journal" -> new JournalCommand();
            case "token" -> new TokenCommand();
            case "demo" -> new DemoCommand(termination);
            case "simulate" -> new SimulateCommand(termination);
            case "bench" -> new BenchCommand(termination);
            case "bench-report" -> new BenchReportCommand();
            case "demo-node" -> new DemoNodeCommand();
            default -> throw new AssertionError(name);
        };
    }

    private static int wrongUsage(ParameterException error, String[] args) {
        CommandLine command = error.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        command.getErr().println(name + ": " + oneLine(whatIsWrong(error)) + " (see " + name + " --help)");
        return CommandLine.ExitCode.USAGE;
    }

    /** A word that is not understood goes before what is missing: it may be that, misspelled. */
    private static String whatIsWrong(ParameterException error) {
        CommandLine command = error.getCommandLine();
        List<String> unknown = command.getUnmatchedArguments();
        if (unknown.isEmpty()
                || !(error instanceof MissingParameterException || error instanceof UnmatchedArgumentException)) {
            return String.valueOf(error.getMessage());
        }
        String word = unknown.get(0);
        if (!word.startsWith("-")) {
            return command.getSubcommands().isEmpty()
                    ? "unexpected argument '" + word + "'"
                    : "there is no command '" + word + "': the commands are " + String.join(", ", commandsOf(command));
        }
        String option = word.split("=", 2)[0];
        Optional<String> similar =
                Spelling.nearest(option, command.getCommandSpec().optionsMap().keySet());
        return "unknown option '" + word + "'"
                + similar.map(known -> "; did you mean " + known + "?").orElse("");
    }

    private static List<String> commandsOf(CommandLine command) {
        return command.getSubcommands().entrySet().stream()
                .filter(entry ->
                        !entry.getValue().getCommandSpec().usageMessage().hidden())
                .map(Map.Entry::getKey)
                .toList();
    }

    private static int failed(Exception error, CommandLine command) {
        if (error.getCause() instanceof StandardOutput.ClosedPipe) {
            return StandardOutput.CLOSED_PIPE_STATUS;
        }
        String what = error instanceof Failure ? error.getMessage() : error.toString();
        command.getErr().println(command.getCommandSpec().qualifiedName() + ": " + oneLine(String.valueOf(what)));
        return error instanceof Undelivered ? Undelivered.STATUS : CommandLine.ExitCode.SOFTWARE;
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", " ");
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "a command is needed");
    }
}
