package dev.gapless.node.demo;

import dev.gapless.core.Gap;
import dev.gapless.core.Position;
import dev.gapless.core.Reason;
import dev.gapless.node.Failure;
import dev.gapless.node.Termination;
import dev.gapless.node.demo.Screen.Colour;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The demo's course: n1 publishes, n2 and n3 subscribe, n2 is stopped twice, n1 killed. */
final class Demo {
    private static final Duration PATIENCE = Duration.ofMinutes(2);
    private static final long TALLY_NS = Duration.ofSeconds(1).toNanos();

    private final Pace pace;
    private final Screen screen;
    private final Termination termination;
    private final Path directory;
    private final Map<String, DemoProcess> processes = new LinkedHashMap<>();
    private final Findings findings = new Findings();

    // What follows is read and written under this object's lock: by a thread for each process that reads what it
    // reports.
    private final Published published = new Published();
    private final Map<String, DemoWitness> witnesses = new LinkedHashMap<>();
    private final Map<String, String> addresses = new LinkedHashMap<>();
    private final List<String> up = new ArrayList<>();
    private final List<String> subscribed = new ArrayList<>();
    private @Nullable String url;
    private @Nullable String broken;
    private boolean ending;
    private long incarnation;
    private long number;
    private boolean stopped;

    Demo(Pace pace, Screen screen, Termination termination) {
        this.pace = pace;
        this.screen = screen;
        this.termination = termination;
        witnesses.put("n2", new DemoWitness("n2", published));
        witnesses.put("n3", new DemoWitness("n3", published));
        try {
            directory = Files.createTempDirectory("gapless-demo-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns whether everything held. */
    boolean run() {
        boolean held = false;
        try {
            start();
            calm();
            shortPause();
            calm();
            longPause();
            calm();
            killTheProducer();
            calm();
            finish();
            held = findings.print(screen, published, witnesses);
            return held;
        } finally {
            end(held);
        }
    }

    // ------------------------------------------------------------------ the course

    private void start() {
        screen.print(
                "Three processes on this machine: n1 publishes what its JDK Flight Recorder says, n2 and n3 subscribe.");
        screen.print("Each ring holds the latest " + Screen.number(pace.ring()) + " messages.");
        screen.heading("Start");
        for (String name : List.of("n3", "n1", "n2")) {
            launch(name, 0);
        }
        await("n3 to listen", () -> addresses.containsKey("n3"));
        tell("n3", "wake " + process("n2").pid());
        tellAll("join " + address("n3"));
        await("all three to be members", () -> up.containsAll(List.of("n1", "n2", "n3")));
        tell("n2", "subscribe");
        tell("n3", "subscribe");
        await("n2 and n3 to be ready", () -> subscribed.containsAll(List.of("n2", "n3")));
        tell("n3", "serve");
        await("the gateway of n3", () -> url != null);
        screen.print("n3 has a gateway. Another terminal sees what it delivers, as long as this goes on:");
        screen.print("  curl -N '" + url + "/api/topics/flight/events'");
        tell("n1", "produce");
    }

    private void calm() {
        long from = announced();
        await("messages", () -> published.announced() >= from + pace.calm());
        awaitLevel(List.of("n2", "n3"));
    }

    private void shortPause() {
        screen.heading("A pause that the ring outlasts");
        int before = notices("n2", Reason.OVERRUN);
        long missed = pause(pace.shortPause());
        long catchUpNs = catchUp();
        findings.that(
                "n2 was stopped, " + Screen.number(missed) + " messages long, fewer than the ring holds",
                missed >= pace.shortPause() && missed < pace.ring());
        findings.that("it was not told anything, and missed nothing", notices("n2", Reason.OVERRUN) == before);
        findings.catchUp("n2", catchUpNs);
        screen.line(
                "n2",
                Colour.GREEN,
                "is level again after " + Screen.seconds(catchUpNs) + ", with all " + Screen.number(missed)
                        + " messages of the pause");
    }

    private void longPause() {
        screen.heading("A pause that the ring does not outlast");
        int before = notices("n2", Reason.OVERRUN);
        long missed = pause(pace.longPause());
        long catchUpNs = catchUp();
        findings.that(
                "n2 was stopped, " + Screen.number(missed) + " messages long, more than the ring holds",
                missed > pace.ring());
        findings.that("it was told so: cursor_expired, OVERRUN", notices("n2", Reason.OVERRUN) > before);
        findings.that("n3 noticed nothing of n2's pauses", notices("n3", Reason.OVERRUN) == 0);
        findings.catchUp("n2", catchUpNs);
        screen.line("n2", Colour.GREEN, "knows, and is level again after " + Screen.seconds(catchUpNs));
    }

    private void killTheProducer() {
        screen.heading("The producer is killed, and started again");
        DemoProcess old = process("n1");
        boolean gone = old.kill();
        long deadIncarnation = old.pid();
        long killedNs = System.nanoTime();
        screen.line("n1", Colour.RED, "killed (SIGKILL), after its message " + Screen.number(lastNumber()));
        synchronized (this) {
            up.remove("n1");
        }
        String address = address("n1");
        launch("n1", Integer.parseInt(address.substring(address.lastIndexOf(':') + 1)));
        await("n1 to listen again", () -> addresses.containsKey("n1"));
        tell("n1", "join " + address("n3"));
        await("n1 to be a member again", () -> up.contains("n1"));
        tell("n1", "produce");
        await("n1's first message", () -> incarnation != deadIncarnation && number > 0);
        long againNs = System.nanoTime();
        for (String name : List.of("n2", "n3")) {
            awaitLevel(List.of(name));
            findings.catchUp(name, System.nanoTime() - againNs);
        }
        findings.that(
                "n1 was killed, and is another process now",
                gone && process("n1").pid() != deadIncarnation);
        for (String name : List.of("n2", "n3")) {
            findings.that(
                    name + " was told so: cursor_expired, PRODUCER_RESTARTED or PRODUCER_LOST",
                    notices(name, Reason.PRODUCER_RESTARTED) + notices(name, Reason.PRODUCER_LOST) > 0);
        }
        screen.line(
                "n1",
                Colour.GREEN,
                "publishes again, " + Screen.seconds(System.nanoTime() - killedNs) + " after the kill");
    }

    private void finish() {
        screen.heading("End");
        tell("n1", "stop");
        await("n1 to stop", () -> stopped);
        awaitLevel(List.of("n2", "n3"));
        synchronized (this) {
            ending = true;
            witnesses.values().forEach(DemoWitness::finish);
        }
        processes.values().forEach(DemoProcess::leave);
        boolean left = true;
        for (DemoProcess process : processes.values()) {
            left &= process.awaitLeft();
        }
        findings.that("all three left in good order", left);
        screen.line("demo", Colour.PLAIN, "all three have left");
        screen.print(
                "Next: start a node with its gateway (bin/gapless node --config conf/node1.conf), and listen with curl:");
        screen.print("  curl -N 'http://127.0.0.1:25581/api/topics/quotes/events?from=earliest'");
    }

    // ------------------------------------------------------------------ its steps

    private long pause(int messages) {
        DemoProcess n2 = process("n2");
        if (!n2.pause()) {
            throw new Failure("n2 could not be stopped");
        }
        long from = announced();
        screen.line("n2", Colour.YELLOW, "stopped (SIGSTOP), at n1's message " + Screen.number(lastNumber()));
        await("messages during the pause", () -> published.announced() >= from + messages);
        if (!n2.isPaused()) {
            throw new Failure("n2 did not stay stopped");
        }
        long missed = announced() - from;
        screen.line("n2", Colour.YELLOW, "goes on (SIGCONT), " + Screen.number(missed) + " messages later");
        n2.resume();
        return missed;
    }

    private long catchUp() {
        long startNs = System.nanoTime();
        awaitLevel(List.of("n2"));
        return System.nanoTime() - startNs;
    }

    /** Waits until these have, or know that they missed, what is published by now. */
    private void awaitLevel(List<String> names) {
        long nowIncarnation;
        long nowNumber;
        synchronized (this) {
            nowIncarnation = incarnation;
            nowNumber = number;
        }
        for (String name : names) {
            await(name + " to be level", () -> witness(name).has(nowIncarnation, nowNumber));
        }
    }

    private void launch(String name, int port) {
        synchronized (this) {
            addresses.remove(name);
        }
        DemoProcess process = DemoProcess.start(name, port, pace.ring(), directory, report -> onReport(name, report));
        processes.put(name, process);
        screen.line(name, Colour.PLAIN, "started, process " + process.pid());
    }

    private void await(String what, BooleanSupplier condition) {
        long deadlineNs = System.nanoTime() + PATIENCE.toNanos();
        long tallyNs = System.nanoTime() + TALLY_NS;
        synchronized (this) {
            while (!condition.getAsBoolean()) {
                if (termination.isRequested()) {
                    throw new Failure("interrupted");
                }
                if (broken != null) {
                    throw new Failure(broken);
                }
                long nowNs = System.nanoTime();
                if (nowNs - deadlineNs > 0) {
                    throw new Failure("waited in vain for " + what + ", for " + PATIENCE.toSeconds() + " s");
                }
                if (nowNs - tallyNs > 0) {
                    tallyNs += TALLY_NS;
                    tally();
                }
                try {
                    wait(100);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new Failure("interrupted", e);
                }
            }
        }
    }

    private void tally() {
        if (published.announced() > 0 && !stopped) {
            StringBuilder text = new StringBuilder("n1 published " + Screen.number(published.announced()));
            witnesses.forEach((name, witness) ->
                    text.append("   ").append(name).append(" got ").append(Screen.number(witness.delivered())));
            screen.line("", Colour.DIM, text.toString());
        }
    }

    // ------------------------------------------------------------------ reports

    private synchronized void onReport(String name, DemoReport report) {
        if (report instanceof DemoReport.Listening listening) {
            addresses.put(name, listening.address());
        } else if (report instanceof DemoReport.Up) {
            up.add(name);
            screen.line(name, Colour.PLAIN, "is a member, at " + addresses.get(name));
        } else if (report instanceof DemoReport.Subscribed) {
            subscribed.add(name);
            screen.line(name, Colour.PLAIN, "subscribes, and is ready");
        } else if (report instanceof DemoReport.Publishing publishing) {
            incarnation = publishing.incarnation();
            number = publishing.number();
            published.publishing(incarnation, publishing.checksum());
        } else if (report instanceof DemoReport.Stopped said) {
            published.stopped(said.incarnation());
            stopped = true;
            screen.line(name, Colour.PLAIN, "stops publishing, after " + Screen.number(said.count()) + " messages");
        } else if (report instanceof DemoReport.Got got) {
            witness(name).got(got.position(), got.incarnation(), got.number(), got.checksum());
        } else if (report instanceof DemoReport.Expired expired) {
            for (Gap gap : expired.gaps()) {
                witness(name).expired(gap);
                screen.line(name, Colour.YELLOW, "cursor_expired " + text(gap));
            }
        } else if (report instanceof DemoReport.Left left && !ending) {
            screen.line(name, Colour.PLAIN, left.node() + " left");
        } else if (report instanceof DemoReport.Serving serving) {
            url = serving.url();
        } else if (report instanceof DemoReport.Broken said && !ending) {
            broken = name + ": " + said.why();
        }
        notifyAll();
    }

    private static String text(Gap gap) {
        Position resumes = gap.resumesAt();
        String missing = gap.missed() == null
                ? "what it published after message " + (gap.firstMissing() == null ? "?" : gap.firstMissing() - 1)
                : Screen.number(gap.missed()) + " messages from " + gap.firstMissing() + " on";
        return gap.reason() + ": " + gap.node() + ", " + missing
                + (resumes == null ? "" : "; goes on with message " + Screen.number(resumes.sequence()));
    }

    // ------------------------------------------------------------------ the end

    private void end(boolean held) {
        synchronized (this) {
            ending = true;
        }
        processes.values().forEach(process -> {
            if (process.isAlive() && !process.kill()) {
                screen.line("demo", Colour.RED, "process " + process.pid() + " does not end");
            }
        });
        if (held || termination.isRequested()) {
            delete();
        } else {
            screen.print("The nodes' logs are in " + directory);
        }
    }

    private void delete() {
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException | UncheckedIOException e) {
            screen.print("Cannot delete " + directory + ": " + e.getMessage());
        }
    }

    // ------------------------------------------------------------------ short forms

    private void tell(String name, String command) {
        process(name).tell(command);
    }

    private void tellAll(String command) {
        processes.values().forEach(process -> process.tell(command));
    }

    private DemoProcess process(String name) {
        DemoProcess process = processes.get(name);
        if (process == null) {
            throw new AssertionError(name);
        }
        return process;
    }

    private DemoWitness witness(String name) {
        DemoWitness witness = witnesses.get(name);
        if (witness == null) {
            throw new AssertionError(name);
        }
        return witness;
    }

    private synchronized String address(String name) {
        return addresses.getOrDefault(name, "");
    }

    private synchronized long announced() {
        return published.announced();
    }

    private synchronized long lastNumber() {
        return number;
    }

    private synchronized int notices(String name, Reason reason) {
        return witness(name).notices(reason);
    }
}
