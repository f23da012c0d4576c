package dev.gapless.gateway.internal.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whose word counts for where a client is: proxies name the one that has connected to them in {@code Forwarded} (RFC 7239) or {@code
 * X-Forwarded-For}. What others say there does not count. Immutable.
 */
public final class TrustedProxies {
    private static final Pattern FOR = Pattern.compile("(?i)(?:^|;)\\s*for\\s*=\\s*(\"[^\"]*\"|[^;]*)");
    private static final Pattern WITH_PORT = Pattern.compile("\\[([^\\]]*)](?::\\w+)?|([^:]*):\\w+");

    private final List<Network> networks;

    public TrustedProxies(List<Network> networks) {
        this.networks = List.copyOf(networks);
    }

    /** Are there any? */
    public boolean areThere() {
        return !networks.isEmpty();
    }

    /** Is it one of them? */
    public boolean has(String address) {
        return networks.stream().anyMatch(network -> network.has(address));
    }

    /**
     * The address of a client: the last in the chain that is none of them.
     *
     * @param peer who has connected
     * @param forwarded all headers of that name, as they were sent
     * @param forwardedFor all {@code X-Forwarded-For}, which count if there is no {@code Forwarded}
     */
    public String client(String peer, List<String> forwarded, List<String> forwardedFor) {
        if (!areThere()) {
            return peer;
        }
        List<String> chain = new ArrayList<>();
        for (String header : forwarded.isEmpty() ? forwardedFor : forwarded) {
            for (String hop : header.split(",", -1)) {
                String address = address(forwarded.isEmpty() ? hop.strip() : named(hop));
                chain.add(address == null ? "" : address);
            }
        }
        String client = peer;
        for (int i = chain.size() - 1; i >= 0 && has(client) && !chain.get(i).isEmpty(); i--) {
            client = chain.get(i);
        }
        return client;
    }

    private static String named(String hop) {
        Matcher matcher = FOR.matcher(hop);
        return matcher.find() ? matcher.group(1).replace("\"", "").strip() : "";
    }

    /** Without its port; null for what is no address. */
    private static @Nullable String address(String hop) {
        Matcher matcher = WITH_PORT.matcher(hop);
        String bare = matcher.matches()
                ? Stream.of(1, 2)
                        .map(matcher::group)
                        .filter(group -> group != null)
                        .findFirst()
                        .orElse("")
                : hop;
        return Network.isAddress(bare) ? bare : null;
    }
}
