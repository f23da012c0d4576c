package dev.gapless.testkit.internal;

import dev.gapless.core.LogEnd;
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
    private final Surroundings around;
    private final Executor completions;
    private final Gate gate = new Gate();
    private final Map<String, ProducerLog> logs = new ConcurrentHashMap<>();
    /** An empty log that was dropped, and is made anew, is the same log. */
    private final Map<String, LogIdentity> identities = new ConcurrentHashMap<>();

    private volatile boolean closing;

    /** None yet; publishers are answered on this executor. */
    LocalLogs(Surroundings around, Executor completions) {
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
        Log log = new Log(identities.computeIfAbsent(topic, this::identity), around.topic(topic), gate);
        if (closing) {
            log.close();
        }
        return new ProducerLog(topic, log, around.topic(topic), completions, around.time());
    }

    private LogIdentity identity(String topic) {
        return LogIdentity.fresh(
                around.topic(topic), around::nextRandom, around.time().ms());
    }

    /** Nobody uses this log any more, unless the application has come for it; {@return whether it is gone} */
    boolean drop(ProducerLog unused) {
        return !unused.isHeld() && logs.remove(unused.topic(), unused);
    }

    /** What there is may still be sent, and logs that are made from now on take nothing. */
    void leave() {
        closing = true;
    }

    /** Nothing more is published here. {@return for each topic to which anything was published where its log ended} */
    Map<String, LogEnd> close() {
        closing = true;
        Map<String, LogEnd> ends = new HashMap<>();
        logs.forEach((topic, local) -> {
            LogEnd end = local.log().end();
            if (end != null) {
                ends.put(topic, end);
            }
        });
        return ends;
    }
}
