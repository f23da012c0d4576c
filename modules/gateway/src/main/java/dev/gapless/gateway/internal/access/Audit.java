package dev.gapless.gateway.internal.access;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gapless.gateway.internal.json.PayloadJson;
import dev.gapless.gateway.internal.json.RequestException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who came, was refused, showed another credential, published and went, a line of JSON each. No credential, no payload and no cursor token stands
 * there. Thread-safe.
 */
public final class Audit {
    private static final Logger LOG = LoggerFactory.getLogger("dev.gapless.gateway.audit");
    private static final int MOST_PUBLISHERS = 10_000;
    /** Of a token's digest: enough to find it in the file, and too little to try tokens against. */
    private static final int CREDENTIAL_CHARACTERS = 12;

    private final int perSecond;
    private final LongAdder omitted = new LongAdder();
    /** Who has published to which topic, as far as it is remembered. */
    private final Set<Published> publishers = Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Published, Boolean> eldest) {
            return size() > MOST_PUBLISHERS;
        }
    });

    // Guarded by this.
    private long secondNs = System.nanoTime();
    private int written;
    private long omittedSince;

    private record Published(String subject, String address, String topic) {}

    /** @param perSecond so many lines at most; 0 for none */
    Audit(int perSecond) {
        this.perSecond = perSecond;
    }

    /** It is connected by this protocol, from now on. */
    public void connected(Caller caller, String protocol) {
        write("connected", caller, line -> line.put("protocol", protocol));
    }

    /** Its connection has ended; with the status of a WebSocket that says why, or null if it went by itself. */
    public void ended(Caller caller, String protocol, @Nullable Integer status) {
        write(
                "ended",
                caller,
                line -> line.put("protocol", protocol).put("code", status == null ? "gone" : "" + status));
    }

    /** It has shown another credential. */
    public void renewed(Caller caller) {
        write("renewed", caller, line -> line);
    }

    /** What it wanted is refused. */
    public void refused(Caller caller, RequestException refusal) {
        if (refusal.kind().isOfAccess()) {
            write(
                    "refused",
                    caller,
                    line -> line.put("code", refusal.kind().code()).put("message", refusal.why()));
        }
    }

    /** It publishes. */
    public void publishes(Caller caller, String topic) {
        if (perSecond == 0) {
            return;
        }
        boolean isFirst;
        synchronized (publishers) {
            isFirst = publishers.add(new Published(caller.principal().subject(), caller.address(), topic));
        }
        if (isFirst) {
            write("publishes", caller, line -> line.put("topic", topic));
        }
    }

    private static ObjectNode line(String event, Caller caller) {
        Principal principal = caller.principal();
        String credential = principal.credential();
        return PayloadJson.JSON
                .createObjectNode()
                .put("event", event)
                .put("subject", principal.subject())
                .put(
                        "credential",
                        principal.source() == Principal.Source.TOKENS_FILE
                                        && credential.length() > CREDENTIAL_CHARACTERS
                                        && !credential.startsWith("certificate ")
                                ? credential.substring(0, CREDENTIAL_CHARACTERS)
                                : credential)
                .put("address", caller.address());
    }

    /** A line is made only if it is written: whoever is refused a thousand times a second costs little. */
    private void write(String event, Caller caller, UnaryOperator<ObjectNode> more) {
        if (perSecond == 0) {
            return;
        }
        long before;
        synchronized (this) {
            long nowNs = System.nanoTime();
            if (nowNs - secondNs >= TimeUnit.SECONDS.toNanos(1)) {
                secondNs = nowNs;
                written = 0;
            }
            if (written >= perSecond) {
                omitted.increment();
                omittedSince++;
                return;
            }
            written++;
            before = omittedSince;
            omittedSince = 0;
        }
        ObjectNode line = more.apply(line(event, caller));
        LOG.info("{}", before == 0 ? line : line.put("omitted_before", before));
    }

    /** How many lines were left out, of all time. */
    public long omitted() {
        return omitted.sum();
    }
}
