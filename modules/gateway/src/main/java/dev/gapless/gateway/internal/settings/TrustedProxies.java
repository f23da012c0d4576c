package dev.gapless.gateway.internal.settings;

import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whose word counts for where a client is: proxies name the one that has connected to them in {@code Forwarded} (RFC 7239) or {@code
 * X-Forwarded-For}. What others say there does not count. Immutable.
 */
public final class TrustedProxies {
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
     * The address of a client: the last in the chain that is none of them. Where both headers are there and say different things, neither counts: most
     * proxies write one of them, and pass the other one on as a client has made it up.
     *
     * @param peer who has connected
     * @param forwarded all headers of that name, as they were sent
     * @param forwardedFor all {@code X-Forwarded-For}
     */
    public String client(String peer, List<String> forwarded, List<String> forwardedFor) {
        if (!areThere()) {
            return peer;
        }
        String one = last(peer, hops(forwarded), TrustedProxies::named);
        String other = last(peer, hops(forwardedFor), String::strip);
        if (forwarded.isEmpty() || forwardedFor.isEmpty()) {
            return forwarded.isEmpty() ? other : one;
        }
        return one.equals(other) ? one : peer;
    }

    private String last(String peer, List<String> hops, UnaryOperator<String> name) {
        String client = peer;
        for (int i = hops.size() - 1; i >= 0 && has(client); i--) {
            String before = address(name.apply(hops.get(i)));
            if (before == null) {
                return client;
            }
            client = before;
        }
        return client;
    }

    private static List<String> hops(List<String> headers) {
        return headers.stream().flatMap(header -> split(header, ',').stream()).toList();
    }

    private static String named(String hop) {
        for (String pair : split(hop, ';')) {
            String[] parts = pair.split("=", 2);
            if (parts.length == 2 && parts[0].strip().equalsIgnoreCase("for")) {
                return parts[1].replace("\"", "").strip();
            }
        }
        return "";
    }

    /** The parts between such characters that stand in no quotes. What begins with quotes that do not end is the empty part. */
    private static List<String> split(String text, char at) {
        List<String> parts = new ArrayList<>();
        boolean isQuoted = false;
        int from = 0;
        for (int i = 0; i < text.length(); i++) {
            char one = text.charAt(i);
            if (one == '"') {
                isQuoted = !isQuoted;
            } else if (one == '\\' && isQuoted) {
                i++;
            } else if (one == at && !isQuoted) {
                parts.add(text.substring(from, i));
                from = i + 1;
            }
        }
        parts.add(isQuoted ? "" : text.substring(from));
        return parts;
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
