package dev.gapless.internal.forming;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Looks up hosts, and tells a name that does not exist from a lookup that failed: behind the first there is nobody, behind the second there
 * may be. The JDK has one exception for both, and the system's text as its message. Thread-safe.
 */
final class HostLookup {
    /** What getaddrinfo(3) says of EAI_NONAME and EAI_NODATA: glibc, musl, macOS, Windows. */
    private static final List<String> NO_SUCH_NAME = List.of(
            "Name or service not known",
            "No address associated with hostname",
            "Name does not resolve",
            "nodename nor servname provided, or not known",
            "No such host is known");

    private static final int MOST = 256;

    /** Whether names did not exist when they were looked up: the JDK remembers that they failed for ten seconds, and not why. */
    private static final Map<String, Boolean> FAILED = Collections.synchronizedMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MOST;
        }
    });

    private HostLookup() {}

    /** There is no host of that name: the name service says so. */
    static final class NoSuchHost extends UnknownHostException {
        private static final long serialVersionUID = 1;

        NoSuchHost(String message) {
            super(message);
        }
    }

    /** Blocks. Throws {@link NoSuchHost}, or another UnknownHostException if the lookup failed. */
    static InetAddress of(String host) throws UnknownHostException {
        try {
            return InetAddress.getByName(host);
        } catch (UnknownHostException e) {
            throw failed(host, String.valueOf(e.getMessage()));
        }
    }

    static UnknownHostException failed(String host, String message) {
        boolean isRemembered = message.equals(host);
        boolean isNone = isRemembered
                ? FAILED.getOrDefault(host, false)
                : NO_SUCH_NAME.stream().anyMatch(message::contains);
        if (!isRemembered) {
            FAILED.put(host, isNone);
        }
        return isNone ? new NoSuchHost(message) : new UnknownHostException(message);
    }
}
