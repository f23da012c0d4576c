package dev.gapless.node.demo;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.gapless.CursorExpired;
import dev.gapless.Delivery;
import dev.gapless.MessageHandler;
import dev.gapless.Producer;
import dev.gapless.ProducerLeft;
import dev.gapless.Reload;
import dev.gapless.gateway.GaplessGateway;
import dev.gapless.node.Member;
import dev.gapless.node.ProgramConfig;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.locks.LockSupport;
import jdk.jfr.consumer.RecordedEvent;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * One of the demo's processes. A line of standard input is a command (join ADDRESS, subscribe, serve, produce, stop, wake PID), a
 * line of standard output a {@link DemoReport}. It leaves the cluster when the input ends, so that nothing stays behind when the
 * demo is killed; and wakes the process that the demo may have left standing still.
 */
@Command(name = "demo-node", hidden = true, description = "A process of gapless demo.")
public final class DemoNodeCommand implements Callable<Integer> {
    private static final long SPREAD_NS = Duration.ofMillis(1).toNanos();

    private final PrintStream out = System.out;
    private final long incarnation = ProcessHandle.current().pid();

    @Spec
    private CommandSpec spec;

    @Option(names = "--name", required = true)
    private String name;

    @Option(names = "--port", required = true)
    private int port;

    @Option(names = "--ring", required = true)
    private int ring;

    private @Nullable FlightRecorder recorder;
    private @Nullable ProcessState companion;
    private final Object producing = new Object();
    private boolean stopped;
    private long published;

    @Override
    public Integer call() throws IOException {
        Config options = ConfigFactory.parseMap(
                Map.of(
                        "gapless.node-name", name,
                        "gapless.buffer-messages", ring,
                        "pekko.remote.artery.canonical.port", port),
                "the demo");
        Config demo = ConfigFactory.parseResources(DemoNodeCommand.class.getClassLoader(), "gapless-demo.conf");
        Config config = ProgramConfig.of(options.withFallback(demo), null, spec.commandLine());
        try (Member member = Member.start(config);
                BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            var up = member.up().thenRun(() -> say(new DemoReport.Up()));
            var ended = member.ended().whenComplete((done, error) -> say(new DemoReport.Broken(member.whyEnded())));
            say(new DemoReport.Listening(member.address()));
            String line = in.readLine();
            while (line != null) {
                obey(line, member);
                line = in.readLine();
            }
            if (companion != null) {
                companion.goOn();
            }
            up.cancel(false);
            ended.cancel(false);
            stop();
        }
        return 0;
    }

    private void obey(String line, Member member) {
        String[] words = line.split(" ", -1);
        switch (words[0]) {
            case "join" -> member.join(words[1]);
            case "subscribe" -> subscribe(member);
            case "serve" ->
                say(new DemoReport.Serving(
                        GaplessGateway.start(member.system()).uri().toString()));
            case "produce" -> produce(member);
            case "wake" -> companion = new ProcessState(Long.parseLong(words[1]));
            case "stop" -> {
                stop();
                say(new DemoReport.Stopped(incarnation, published));
            }
            default -> say(new DemoReport.Broken("an unknown command: " + line));
        }
    }

    private void produce(Member member) {
        Producer<FlightEvent> producer = member.gapless().producer(DemoTopic.FLIGHT);
        recorder = new FlightRecorder(event -> publish(producer, event));
    }

    /** Called by the recorder, a second's events at once; spread, as they took place, so that the ring is not the burst's. */
    private void publish(Producer<FlightEvent> producer, RecordedEvent event) {
        synchronized (producing) {
            if (stopped) {
                return;
            }
            FlightEvent message = new FlightEvent(
                    incarnation,
                    ++published,
                    event.getEventType().getName(),
                    event.getStartTime().toEpochMilli(),
                    FlightRecorder.fieldsOf(event));
            say(new DemoReport.Publishing(incarnation, message.number(), message.checksum()));
            var accepted = producer.publish(message).whenComplete((position, error) -> {
                if (error != null) {
                    say(new DemoReport.Broken("a message was not accepted: " + error));
                }
            });
            assert accepted != null;
        }
        LockSupport.parkNanos(SPREAD_NS);
    }

    private void stop() {
        synchronized (producing) {
            stopped = true;
        }
        if (recorder != null) {
            recorder.close();
            recorder = null;
        }
    }

    private void subscribe(Member member) {
        var ready = member.gapless()
                .subscribe(DemoTopic.FLIGHT, dev.gapless.StartFrom.latest(), new Reporter())
                .ready()
                .thenRun(() -> say(new DemoReport.Subscribed()));
        assert ready != null;
    }

    private void say(DemoReport report) {
        synchronized (out) {
            out.println(report.line());
            out.flush();
        }
    }

    private final class Reporter implements MessageHandler<FlightEvent> {
        @Override
        public void onMessage(Delivery<FlightEvent> delivery) {
            say(DemoReport.got(delivery));
        }

        @Override
        public CompletionStage<Reload> onCursorExpired(CursorExpired<FlightEvent> expired) {
            say(DemoReport.expired(expired));
            return CompletableFuture.completedFuture(Reload.done());
        }

        @Override
        public void onProducerLeft(ProducerLeft<FlightEvent> left) {
            say(new DemoReport.Left(left.node()));
        }
    }
}
