package dev.gapless.multijvm.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The process of a test node. A line in is {@code NUMBER COMMAND ARGUMENTS}, its answer {@code NUMBER ok JSON} or {@code
 * NUMBER error TEXT}. It ends at the end of its input, so that none is left over.
 */
public final class TestNodeMain {
    public static final String STARTED = "started";
    public static final String TERMINATED = "terminated";
    public static final String SYSTEM = "multijvm";

    private static final PrintStream OUT = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    private TestNodeMain() {}

    /**
     * Runs until the end of its input, or of its last actor system.
     *
     * @param arguments the configuration file, and "plain" for a node without Gapless
     */
    public static void main(String[] arguments) throws IOException {
        Config config = ConfigFactory.parseFile(new File(arguments[0]))
                .withFallback(ConfigFactory.load())
                .resolve();
        boolean isPlain = arguments.length > 1 && arguments[1].equals("plain");
        Incarnations incarnations = new Incarnations(config, isPlain, TestNodeMain::say);
        incarnations.begin();
        read(incarnations);
        Runtime.getRuntime().halt(0);
    }

    private static void read(Commands commands) throws IOException {
        ExecutorService threads = Executors.newCachedThreadPool();
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ", 3);
            threads.execute(() -> answer(commands, words[0], words[1], words.length > 2 ? words[2] : ""));
        }
    }

    private static void answer(Commands commands, String number, String command, String arguments) {
        try {
            say(number + " ok " + Json.write(commands.run(command, Arguments.parse(arguments))));
        } catch (Exception | AssertionError e) {
            say(number + " error " + e.toString().replace('\n', ' '));
        }
    }

    private static void say(String line) {
        OUT.println(line);
    }
}
