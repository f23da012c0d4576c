package dev.gapless.gateway.internal.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrustedProxiesTest {
    private static final TrustedProxies PROXIES = new TrustedProxies(
            Stream.of("10.1.0.0/16", "10.2.0.7", "fd00::/8").map(Network::parse).toList());

    @ParameterizedTest
    @CsvSource({
        "10.1.255.255, true",
        "10.2.0.7, true",
        "10.2.0.8, false",
        "11.1.0.0, false",
        "fd12::1, true",
        "fe12::1, false",
        "::ffff:10.1.0.1, true",
        "localhost, false",
        "10.1, false",
        "'', false"
    })
    @DisplayName("networks and single addresses, of both kinds; names are not looked up")
    void networks(String address, boolean isOne) {
        assertEquals(isOne, PROXIES.has(address));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"10.1.0.0/33", "10.1.0.0/-1", "10.1.0.0/x", "10.1.0.0/8/8", "proxy.example", "", "300.1.1.1"})
    @DisplayName("what is none is refused")
    void noNetwork(String text) {
        assertThrows(IllegalArgumentException.class, () -> Network.parse(text));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "10.1.0.1 | 8.8.8.8 | 8.8.8.8",
                "10.1.0.1 | 6.6.6.6, 8.8.8.8 | 8.8.8.8", // who adds to what it was given says nothing of its own
                "10.1.0.1 | 8.8.8.8, 10.2.0.7 | 8.8.8.8",
                "10.1.0.1 | 10.1.0.2, 10.2.0.7 | 10.1.0.2",
                "10.1.0.1 | 8.8.8.8:1234 | 8.8.8.8",
                "10.1.0.1 | [2001:db8::1]:1234 | 2001:db8::1",
                "10.1.0.1 | 2001:db8::1 | 2001:db8::1",
                "10.1.0.1 | unknown | 10.1.0.1",
                "10.1.0.1 | evil.example | 10.1.0.1",
                "10.1.0.1 | '' | 10.1.0.1",
                "9.9.9.9 | 8.8.8.8 | 9.9.9.9", // it is no proxy of ours
            })
    @DisplayName("the client is the last in the chain that is none of them")
    void forwardedFor(String peer, String header, String client) {
        assertEquals(client, PROXIES.client(peer, List.of(), List.of(header)));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "for=8.8.8.8;proto=https | 8.8.8.8",
                "for=6.6.6.6, For=\"8.8.8.8:1\";by=10.2.0.7 | 8.8.8.8",
                "proto=https;for=\"[2001:db8::1]:1\" | 2001:db8::1",
                "for=_hidden | 10.1.0.1",
                "by=8.8.8.8 | 10.1.0.1",
                "for=8.8.8.8;host=\"a, for=6.6.6.6\" | 8.8.8.8", // a client chooses the host
                "host=\"a;for=6.6.6.6\";for=8.8.8.8 | 8.8.8.8",
                "host=\"a\\\";for=6.6.6.6\";for=8.8.8.8 | 8.8.8.8",
                "for=\"6.6.6.6, for=8.8.8.8 | 10.1.0.1",
            })
    @DisplayName("Forwarded says it, too; what stands there in quotes is one thing")
    void forwarded(String header, String client) {
        assertEquals(client, PROXIES.client("10.1.0.1", List.of(header), List.of()));
    }

    @Test
    @DisplayName("of a proxy that writes one of the two headers a client cannot write the other one")
    void bothHeaders() {
        assertEquals("10.1.0.1", PROXIES.client("10.1.0.1", List.of("for=6.6.6.6"), List.of("8.8.8.8")));
        assertEquals("10.1.0.1", PROXIES.client("10.1.0.1", List.of("for=8.8.8.8"), List.of("6.6.6.6")));
        assertEquals("8.8.8.8", PROXIES.client("10.1.0.1", List.of("for=8.8.8.8"), List.of("6.6.6.6, 8.8.8.8")));
    }

    @Test
    @DisplayName("what looks like an address is not looked up as a name, of which a client can send hundreds")
    void noLookups() throws IOException, InterruptedException {
        String[] like = {"999.1.1.1", "256.1.1.1", ".a:b", ".:1"};
        Path names = Files.createTempFile("names", ".txt");
        try {
            Files.writeString(names, "127.0.0.1 " + String.join(" ", like) + "\n");
            Process looking = new ProcessBuilder(Stream.concat(
                                    Stream.of(
                                            Path.of(System.getProperty("java.home"), "bin", "java")
                                                    .toString(),
                                            "-Djdk.net.hosts.file=" + names,
                                            "-cp",
                                            System.getProperty("java.class.path"),
                                            Looking.class.getName()),
                                    Stream.of(like))
                            .toList())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(looking.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            looking.waitFor();
            assertEquals("true false false false false", said.strip());
        } finally {
            Files.delete(names);
        }
    }

    /** Says whether Java finds names in its file, and whether these are addresses. */
    static final class Looking {
        private Looking() {}

        public static void main(String[] like) throws UnknownHostException {
            System.out.print(InetAddress.getByName(like[0]).isLoopbackAddress());
            Stream.of(like).forEach(one -> System.out.print(" " + Network.isAddress(one)));
        }
    }

    @Test
    @DisplayName("without proxies nobody is believed")
    void none() {
        TrustedProxies none = new TrustedProxies(List.of());
        assertFalse(none.areThere());
        assertTrue(PROXIES.areThere());
        assertEquals("10.1.0.1", none.client("10.1.0.1", List.of(), List.of("8.8.8.8")));
    }
}
