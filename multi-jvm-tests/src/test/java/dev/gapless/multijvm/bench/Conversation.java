package dev.gapless.multijvm.bench;

import dev.gapless.multijvm.node.TestNodeMain;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** What is asked of one incarnation of a node, and what it says: answers, and that it has started and ended. Thread-safe. */
final class Conversation implements JvmProcess.Listener {
    private final String node;
    private final AtomicInteger numbers = new AtomicInteger();
    private final Map<Integer, CompletableFuture<String>> answers = new ConcurrentHashMap<>();
    private volatile boolean started;
    private volatile boolean over;
    private volatile String reason = "";

    Conversation(String node) {
        this.node = node;
    }

    /** The answer comes later; or never, if the process ends before: that is a failure. */
    CompletableFuture<String> ask(JvmProcess process, String command) {
        int number = numbers.incrementAndGet();
        CompletableFuture<String> answer = new CompletableFuture<>();
        answers.put(number, answer);
        process.write(number + " " + command);
        if (over) {
            failAll();
        }
        return answer;
    }

    boolean hasStarted() {
        return started;
    }

    /** Everything that it said has been heard. */
    boolean isOver() {
        return over;
    }

    /** Why its actor system ended; empty if it did not say. */
    String reason() {
        return reason;
    }

    @Override
    public void line(String line) {
        String[] words = line.split(" ", 3);
        if (words.length < 2 || !words[0].matches("\\d+")) {
            return; // the JVM says something itself
        } else if (words[1].equals(TestNodeMain.STARTED)) {
            started = true;
        } else if (words[1].equals(TestNodeMain.TERMINATED)) {
            reason = words.length > 2 ? words[2] : "";
        } else {
            CompletableFuture<String> answer = answers.remove(Integer.parseInt(words[0]));
            if (answer != null && words[1].equals("ok")) {
                answer.complete(words[2]);
            } else if (answer != null) {
                answer.completeExceptionally(new IllegalStateException(words[2]));
            }
        }
    }

    @Override
    public void ends() {
        over = true;
        failAll();
    }

    private void failAll() {
        answers.values().forEach(a -> a.completeExceptionally(new IllegalStateException(node + " has ended")));
        answers.clear();
    }
}
