package dev.gapless.node;

import com.typesafe.config.Config;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.AddressFromURIString;

/**
 * The first of the seed nodes forms the cluster if there is none. If it is started again while the others live, they may be too slow to
 * let it in, and it would form a second cluster beside theirs, without a word to anybody. So it starts with the others as seed nodes,
 * which lets it join and nothing else, and forms a cluster only when it knows of each of them that it is no member of one:
 *
 * <pre>
 *   nobody listens, on any of them ───────────────────────────────► forms at once
 *   cannot be reached, or answers and has let nobody in for a while ► forms after seed-node-timeout, 5 s at least
 *   listens and does not answer ──────────────────────────────────► asks again; after a minute the command fails
 * </pre>
 */
final class Forming {
    private static final String SEEDS = "pekko.cluster.seed-nodes";
    private static final Duration LOOK_INTERVAL = Duration.ofMillis(200);
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    /** Pekko's default; a shorter seed-node-timeout is no reason to hurry here. */
    private static final Duration SHORTEST = Duration.ofSeconds(5);
    /** So many rounds of questions must come to the same. */
    private static final int ROUNDS = 2;

    private final Consumer<String> tell;
    private final Duration patience;
    private String told = "";

    /** @param tell is told in one line what this waits for */
    Forming(Consumer<String> tell) {
        this(tell, PATIENCE);
    }

    Forming(Consumer<String> tell, Duration patience) {
        this.tell = tell;
        this.patience = patience;
    }

    /** The other seed nodes, if this node is the first of them and they can be asked; else nobody. */
    static List<String> others(Config config) {
        if (config.getString("pekko.remote.artery.transport").equals("aeron-udp")) {
            return List.of(); // nobody listens at a TCP port there
        }
        List<String> seeds = config.getStringList(SEEDS);
        HostPort self = self(config);
        return !seeds.isEmpty() && at(seeds.get(0)).equals(self)
                ? seeds.stream().filter(seed -> !at(seed).equals(self)).toList()
                : List.of();
    }

    private static HostPort at(String seed) {
        Address address = AddressFromURIString.parse(seed);
        String host = address.getHost().orElse("");
        return new HostPort(
                host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
                address.getPort().orElse(0));
    }

    private static HostPort self(Config config) {
        String host = config.getString("pekko.remote.artery.canonical.hostname");
        int port = config.getInt("pekko.remote.artery.canonical.port");
        try {
            return switch (host) {
                case "<getHostAddress>" ->
                    new HostPort(InetAddress.getLocalHost().getHostAddress(), port);
                case "<getHostName>" -> new HostPort(InetAddress.getLocalHost().getHostName(), port);
                default -> new HostPort(host, port);
            };
        } catch (UnknownHostException e) {
            return new HostPort(host, port);
        }
    }

    /** Returns once the member is let in, forms the cluster, or is to end. Throws Failure if it may do neither. */
    void run(Member member, List<String> seeds, Termination termination) {
        List<HostPort> others = seeds.stream().map(Forming::at).toList();
        SeedProbe probe = new SeedProbe(member.system());
        Duration set = member.system().settings().config().getDuration("pekko.cluster.seed-node-timeout");
        Duration seedTimeout = set.compareTo(SHORTEST) < 0 ? SHORTEST : set;
        long beginNs = System.nanoTime();
        long silentNs = beginNs;
        int agreed = 0;
        while (!member.isLetIn() && !member.isEnding() && termination.sleep(LOOK_INTERVAL)) {
            Duration waited = Duration.ofNanos(System.nanoTime() - beginNs);
            List<SeedProbe.Answer> answers = others.stream().map(probe::ask).toList();
            if (answers.contains(SeedProbe.Answer.SILENT)) {
                silentNs = System.nanoTime(); // once it answers it is given time to let this node in
            }
            Duration answering = Duration.ofNanos(System.nanoTime() - silentNs);
            agreed = mayForm(answers, answering.compareTo(seedTimeout) > 0) ? agreed + 1 : 0;
            if (agreed == ROUNDS && !member.isLetIn()) {
                member.join(member.address());
                return;
            }
            lookAtTheSilent(others, answers, waited, seedTimeout);
        }
    }

    /** Is none of them a member of a cluster? By then each has been asked to let this node in, and asked before it answered. */
    static boolean mayForm(List<SeedProbe.Answer> answers, boolean waitedLongEnough) {
        return answers.stream().allMatch(SeedProbe.Answer.REFUSES::equals)
                || (waitedLongEnough && !answers.contains(SeedProbe.Answer.SILENT));
    }

    private void lookAtTheSilent(
            List<HostPort> others, List<SeedProbe.Answer> answers, Duration waited, Duration seedTimeout) {
        String silent = others.stream()
                .filter(seed -> answers.get(others.indexOf(seed)) == SeedProbe.Answer.SILENT)
                .map(HostPort::toString)
                .collect(Collectors.joining(", "));
        if (silent.isEmpty()) {
            return;
        }
        if (waited.compareTo(seedTimeout) > 0 && !silent.equals(told)) {
            told = silent;
            tell.accept(
                    "waits for seed node " + silent + ", which listens and does not answer, before it forms a cluster");
        }
        if (waited.compareTo(patience) > 0) {
            throw new Failure("seed node " + silent
                    + " listens and does not answer. It may be a member of a cluster, so this"
                    + " node, the first of the seed nodes, forms none. Start that node again, or take it off " + SEEDS
                    + ", and start this one again");
        }
    }
}
