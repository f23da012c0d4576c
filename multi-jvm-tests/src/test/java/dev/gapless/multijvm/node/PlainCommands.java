package dev.gapless.multijvm.node;

import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.pekko.actor.AbstractActor;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.AddressFromURIString;
import org.apache.pekko.actor.Props;
import org.apache.pekko.cluster.Cluster;

/** What a cluster node can do without Gapless; with it too. */
final class PlainCommands implements Commands {
    private final ActorSystem system;
    private final AtomicLong unreachable;
    private final Map<String, AtomicLong> heard = new ConcurrentHashMap<>();

    PlainCommands(ActorSystem system) {
        this.system = system;
        this.unreachable = MembersWatch.start(system);
        system.actorOf(Props.create(Counter.class, () -> new Counter(heard)), "counter");
    }

    /** Counts the lines that plain Pekko carries: how the bench is proved. */
    private static final class Counter extends AbstractActor {
        private final Map<String, AtomicLong> heard;

        Counter(Map<String, AtomicLong> heard) {
            this.heard = heard;
        }

        @Override
        public Receive createReceive() {
            return receiveBuilder()
                    .match(
                            String.class,
                            text -> heard.computeIfAbsent(text, t -> new AtomicLong())
                                    .incrementAndGet())
                    .build();
        }
    }

    @Override
    public Object run(String command, Arguments arguments) {
        return switch (command) {
            case "members" -> MembersWatch.members(system, unreachable.get());
            case "tell" -> tell(arguments.text("to"), arguments.text("text"), arguments.number("count", 1));
            case "heard" ->
                heard.getOrDefault(arguments.text("text"), new AtomicLong()).get();
            case "leave" -> leave();
            case "down" -> down(arguments.text("address"));
            case "heap" -> liveHeapBytes();
            default -> throw new IllegalArgumentException("No such command: " + command);
        };
    }

    private int tell(String to, String text, int count) {
        var counter = system.actorSelection("pekko://" + system.name() + "@" + to + "/user/counter");
        for (int i = 0; i < count; i++) {
            counter.tell(text, ActorRef.noSender());
        }
        return count;
    }

    private String leave() {
        Cluster cluster = Cluster.get(system);
        cluster.leave(cluster.selfAddress());
        return "leaving";
    }

    private String down(String address) {
        Cluster.get(system).down(AddressFromURIString.parse("pekko://" + system.name() + "@" + address));
        return "downed";
    }

    /** What is in use once everything unreachable is gone. */
    private static long liveHeapBytes() {
        var memory = ManagementFactory.getMemoryMXBean();
        long lowest = Long.MAX_VALUE;
        for (int i = 0; i < 3; i++) {
            memory.gc();
            lowest = Math.min(lowest, memory.getHeapMemoryUsage().getUsed());
        }
        return lowest;
    }
}
