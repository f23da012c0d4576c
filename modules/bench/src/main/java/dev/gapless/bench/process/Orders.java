package dev.gapless.bench.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/** What the benchmark tells this process, line by line. The process ends with its input: when the benchmark does, however it does. */
final class Orders {
    private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

    Orders() {
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

    /** Waits for an order of this name; its arguments. */
    List<String> take(String name) throws InterruptedException {
        String line = lines.take();
        List<String> words = List.of(line.split(" ", -1));
        if (!words.get(0).equals(name)) {
            throw new IllegalStateException("'" + line + "' instead of '" + name + "'");
        }
        return words.subList(1, words.size());
    }
}
