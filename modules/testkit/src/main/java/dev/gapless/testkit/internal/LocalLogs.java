package dev.gapless.testkit.internal;

import dev.gapless.core.Epoch;
import dev.gapless.core.LogIdentity;
import dev.gapless.core.log.Gate;
import dev.gapless.core.log.Log;
import dev.gapless.internal.publish.ProducerLog;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/** The logs of one process, with epochs that are the same in each run of a test. Thread-safe. */
final class LocalLogs {
    private final long uid;
    private final Surroundings around;
    private final Executor completions;
    private final Gate gate = new Gate();
    private final Map<String, ProducerLog> logs = new ConcurrentHashMap<>();
    private volatile boolean closing;

    /** None yet, of this incarnation; publishers are answered on this executor. */
    LocalLogs(long uid, Surroundings around, Executor completions) {
        this.uid = uid;
        this.around = around;
        this.completions = completions;
    }

    /** That of all these logs. */
    Gate gate() {
        return gate;
    }

    /** The log of a topic, made at the first call. */
    ProducerLog of(String topic) {
        return logs.computeIfAbsent(topic, this::make);
    }

    private ProducerLog make(String topic) {
        LogIdentity identity =
                LogIdentity.of(uid, topic, around.topic(topic), around.time().ms());
        Log log = new Log(identity, around.topic(topic), gate);
        if (closing) {
            log.close();
        }
        return new ProducerLog(topic, log, around.topic(topic), completions, around.time());
    }

    /** Nobody uses this log any more, unless the application has come for it; {@return whether it is gone} */
    boolean drop(ProducerLog unused) {
        return !unused.isHeld() && logs.remove(unused.topic(), unused);
    }

    /** What there is may still be sent, and logs that are made from now on take nothing. */
    void leave() {
        closing = true;
    }

    /** Nothing more is published here. {@return the last sequence of each stream to which anything was published} */
    Map<Epoch, Long> close() {
        closing = true;
        Map<Epoch, Long> published = new HashMap<>();
        for (ProducerLog local : logs.values()) {
            long head = local.log().end().orElse(0); // nothing is being stored: logs are in memory
            if (head > 0) {
                published.put(local.log().identity().epoch(), head);
            }
        }
        return published;
    }
}
