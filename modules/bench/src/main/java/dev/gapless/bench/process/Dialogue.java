package dev.gapless.bench.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * What this process and the benchmark tell each other, line by line. The process ends with its input: when the benchmark does, however
 * it does.
 */
final class Dialogue {
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
    private final PrintStream out;

    Dialogue(PrintStream out) {
        this.out = out;
        Thread reader = new Thread(this::read, "orders");
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                lines.add(line);
            }
        } catch (IOException e) {
            System.err.println("no more orders: " + e);
        }
        Runtime.getRuntime().halt(0);
    }

    /** Is there an order that was not taken yet? */
    boolean isOrdered() {
        return !lines.isEmpty();
    }

    /** Waits for an order; its name and its arguments. */
    List<String> take() throws InterruptedException {
        return List.of(lines.take().split(" ", -1));
    }

    /** Waits for an order of this name; its arguments. */
    List<String> take(String name) throws InterruptedException {
        List<String> words = take();
        if (!words.get(0).equals(name)) {
            throw new IllegalStateException("'" + String.join(" ", words) + "' instead of '" + name + "'");
        }
        return words.subList(1, words.size());
    }

    /** Answers. */
    synchronized void say(String word, Object... rest) {
        StringBuilder line = new StringBuilder(word);
        for (Object part : rest) {
            line.append(' ').append(part);
        }
        if (rest.length == 0) {
            line.append(' ');
        }
        out.println(line);
        out.flush();
    }
}
