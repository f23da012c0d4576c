package dev.gapless.multijvm.bench;

import java.util.List;
import java.util.stream.Collectors;

/** The configuration of a test node. */
record NodeSettings(String name, int number, int port, String settings) {
    /** The same node at another port. */
    NodeSettings at(int otherPort) {
        return new NodeSettings(name, number, otherPort, settings);
    }

    /** The same node with these settings, too. */
    NodeSettings with(String further) {
        return new NodeSettings(name, number, port, settings + "\n" + further);
    }

    /** The address that the others know: the proxy's. */
    String address() {
        return "127.0.0.1:" + port;
    }

    /** Where the node itself listens: the same port, at an address of its own. */
    String bindHost() {
        return "127.0.1." + number;
    }

    /** Where it calls from, so that the proxies know who it is. */
    String callHost() {
        return "127.0.2." + number;
    }

    /**
     * Quick to form a cluster and to notice a fault, yet steady on a busy machine. Artery compresses what it would only compress
     * after a minute, so that short tests meet what lasting clusters do.
     *
     * @param seeds the addresses of the members that it joins, or its own alone if it is the first
     */
    String text(List<String> seeds) {
        String seedNodes =
                seeds.stream().map(seed -> "\"pekko://multijvm@" + seed + "\"").collect(Collectors.joining(", "));
        return """
                pekko {
                  loglevel = INFO
                  logger-startup-timeout = 60s
                  loggers = ["org.apache.pekko.event.slf4j.Slf4jLogger"]
                  logging-filter = "org.apache.pekko.event.slf4j.Slf4jLoggingFilter"
                  log-dead-letters = 5
                  actor {
                    provider = cluster
                    serialization-bindings { "dev.gapless.multijvm.node.CborMessage" = jackson-cbor }
                  }
                  remote.artery {
                    canonical { hostname = 127.0.0.1, port = %d }
                    bind { hostname = %s, port = %d }
                    advanced.tcp.outbound-client-hostname = %s
                    advanced.compression.actor-refs.advertisement-interval = 1s
                    advanced.compression.manifests.advertisement-interval = 1s
                  }
                  cluster {
                    seed-nodes = [%s]
                    gossip-interval = 200ms
                    leader-actions-interval = 200ms
                    unreachable-nodes-reaper-interval = 200ms
                    periodic-tasks-initial-delay = 200ms
                    seed-node-timeout = 1s
                    retry-unsuccessful-join-after = 1s
                    failure-detector {
                      heartbeat-interval = 200ms
                      acceptable-heartbeat-pause = 4s
                      min-std-deviation = 50ms
                    }
                    downing-provider-class = "org.apache.pekko.cluster.sbr.SplitBrainResolverProvider"
                    split-brain-resolver { active-strategy = keep-majority, stable-after = 2s }
                  }
                  coordinated-shutdown { exit-jvm = off, run-by-jvm-shutdown-hook = off }
                }
                gapless {
                  node-name = "%s"
                  heartbeat-interval = 200ms
                  ping-interval = 200ms
                  register-backoff.max = 1s
                }
                %s
                """.formatted(port, bindHost(), port, callHost(), seedNodes, name, settings);
    }
}
