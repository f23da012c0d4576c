package dev.gapless.internal.forming;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class TcpProbeTest {
    private static final String HOST = "127.0.0.1";

    private static ServerSocket listener() throws IOException {
        return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    }

    @Test
    @DisplayName("ruleM4: a process that listens and says nothing may be a node, also if it hangs")
    void whoListensAndSaysNothing() throws IOException {
        try (ServerSocket listener = listener()) {
            assertEquals(TcpProbe.Answer.LISTENS, TcpProbe.ask(HOST, listener.getLocalPort()));
            assertTrue(TcpProbe.isHeld(HOST, listener.getLocalPort()));
        }
    }

    @Test
    @DisplayName("ruleM4: a proxy that takes a connection and ends it, with nobody behind it, does not pass for a node")
    void aProxyWithNobodyBehindIt() throws Exception {
        for (int lingerS : new int[] {-1, 0}) { // an end, and a reset
            try (ServerSocket listener = listener()) {
                Thread proxy = new Thread(() -> {
                    try (Socket caller = listener.accept()) {
                        caller.setSoLinger(lingerS >= 0, Math.max(0, lingerS));
                    } catch (IOException e) {
                        throw new IllegalStateException(e);
                    }
                });
                proxy.start();
                assertFalse(TcpProbe.isHeld(HOST, listener.getLocalPort()));
                proxy.join();
            }
        }
    }

    @Test
    @DisplayName("ruleM4: where nobody listens the machine says so")
    void nobody() throws IOException {
        int port;
        try (ServerSocket listener = listener()) {
            port = listener.getLocalPort();
        }
        assertEquals(TcpProbe.Answer.REFUSES, TcpProbe.ask(HOST, port));
        assertFalse(TcpProbe.isHeld(HOST, port));
    }
}
