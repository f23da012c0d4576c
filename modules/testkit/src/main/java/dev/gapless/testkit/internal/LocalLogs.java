package dev.gapless.testkit.internal;

import dev.gapless.core.LogIdentity;
import dev.gapless.core.log.Log;
import dev.gapless.internal.publish.ProducerLog;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;

/** The logs of one process, with epochs that are the same in each run of a test. Thread-safe. */
final class LocalLogs {
    private final Surroundings around;
    private final Executor completions;
    private final Map<String, ProducerLog> logs = new ConcurrentHashMap<>();
    /** An empty log that was dropped, and is made anew, is the same log. */
    private final Map<String, LogIdentity> identities = new ConcurrentHashMap<>();

    private volatile boolean closing;

    /** None yet; publishers are answered on this executor. */
    LocalLogs(Surroundings around, Executor completions) {
        this.around = around;
        this.completions = completions;
    }

    /** The log of a topic, made at the first call. */
    ProducerLog of(String topic) {
        return logs.computeIfAbsent(topic, this::make);
    }

    private ProducerLog make(String topic) {
        Log log = new Log(identities.computeIfAbsent(topic, this::identity), around.topic(topic));
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

    /** Nothing more is published here. {@return whether anything ever was} */
    boolean close() {
        closing = true;
        boolean published = false;
        for (ProducerLog local : logs.values()) {
            local.log().close();
            published |= local.log().head() >= local.log().identity().first();
        }
        return published;
    }
}
