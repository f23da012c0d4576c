package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Proxies with the configuration that docs/gateway.md shows, but for its ports: events come at once, topics may have a slash, and lines are
 * published while their body is under way. A proxy that is not installed is left out, unless the environment says
 * {@code GAPLESS_FOREIGN_CLIENTS=required}.
 */
@Timeout(180)
class ProxyTest {
    private static final Path DOCUMENT = Path.of("../../docs/gateway.md");
    private static final String TOPIC = "fleet/7 größe";

    @TempDir
    private Path directory;

    private interface Configured {
        List<String> command(String snippet) throws IOException;
    }

    @Test
    void nginxPassesEverythingThatClientsNeed() throws Exception {
        ForeignClientsTest.needs("nginx");
        check("nginx", snippet -> {
            String user = System.getProperty("user.name").equals("root") ? "user root;\n" : "";
            Path file = directory.resolve("nginx.conf");
            String temporary = "";
            for (String what : List.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi")) {
                temporary += what + "_temp_path " + directory.resolve(what) + ";\n";
            }
            Files.writeString(
                    file,
                    user + "daemon off;\nmaster_process off;\npid " + directory.resolve("pid")
                            + ";\nerror_log stderr;\nevents {}\nhttp {\naccess_log off;\n" + temporary + snippet
                            + "}\n");
            return List.of("nginx", "-p", directory.toString(), "-c", file.toString());
        });
    }

    @Test
    @Tag("thorough")
    @Tag("day2")
    void haproxyPassesEverythingThatClientsNeed() throws Exception {
        ForeignClientsTest.needs("haproxy");
        check("haproxy", snippet -> {
            Path file = directory.resolve("haproxy.cfg");
            Files.writeString(file, snippet);
            return List.of("haproxy", "-db", "-f", file.toString());
        });
    }

    private static String snippet(String language) throws IOException {
        Matcher block = Pattern.compile("(?ms)^```" + language + "\n(.*?)^```$").matcher(Files.readString(DOCUMENT));
        assertTrue(block.find(), "docs/gateway.md has no " + language);
        return block.group(1);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (ConnectException e) {
            return false;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private void check(String language, Configured configured) throws Exception {
        try (TestGateway gateway = TestGateway.start(
                "gapless { node-name = n1, gateway.comment-interval = 1s, gateway.ping-interval = 1s }")) {
            int port = freePort();
            String own = snippet(language)
                    .replace("listen 8080", "listen 127.0.0.1:" + port)
                    .replace("127.0.0.1:8080", "127.0.0.1:" + port)
                    .replace("127.0.0.1:25581", "127.0.0.1:" + gateway.gateway().port());
            Path out = directory.resolve("out.txt");
            List<String> command = new ArrayList<>(configured.command(own));
            Path system = Path.of(ForeignClientsTest.SYSTEM, command.get(0));
            if (Files.isExecutable(system)) {
                command.set(0, system.toString());
            }
            Process proxy = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(out.toFile())
                    .start();
            try {
                TestGateway.await(() -> listens(port) || !proxy.isAlive());
                assertTrue(proxy.isAlive(), () -> text(out));
                passes(gateway, URI.create("http://127.0.0.1:" + port + "/gapless"));
            } finally {
                proxy.destroy();
                if (!proxy.waitFor(10, TimeUnit.SECONDS)) {
                    proxy.destroyForcibly();
                }
            }
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static void passes(TestGateway gateway, URI proxy) throws Exception {
        URI events = URI.create(proxy + TestGateway.path(TOPIC, "events") + "?keys=k*,other%2F*");
        TestGateway.await(() -> status(gateway, URI.create(proxy + "/health/ready")) == 200);
        EventStream stream = gateway.closing(EventStream.open(gateway.http, events));
        String began = stream.next().id();
        TestGateway.await(() -> stream.comments() > 0);

        // Line by line: the first is delivered before the second is sent.
        HttpURLConnection post = (HttpURLConnection)
                URI.create(proxy + TestGateway.path(TOPIC, "messages")).toURL().openConnection();
        post.setRequestMethod("POST");
        post.setRequestProperty("Content-Type", "application/x-ndjson");
        post.setDoOutput(true);
        post.setChunkedStreamingMode(64);
        try (OutputStream body = post.getOutputStream()) {
            for (int i = 1; i <= 3; i++) {
                body.write(("{\"key\":\"k" + i + "\",\"data\":" + i + "}\n").getBytes(StandardCharsets.UTF_8));
                body.flush();
                JsonNode event = stream.next(1).get(0).data();
                assertEquals(i, event.get("data").intValue());
                assertEquals(TOPIC, event.get("topic").textValue());
            }
        }
        assertEquals(200, post.getResponseCode());

        EventStream resumed = gateway.closing(EventStream.open(gateway.http, events, "Last-Event-ID", began));
        assertEquals("k1", resumed.next(1).get(0).data().get("key").textValue());

        JsonSocket socket = gateway.closing(JsonSocket.open(gateway.http, URI.create(proxy + "/api/ws")));
        socket.await("connected");
        socket.subscribe(TOPIC, "\"from\":\"earliest\"");
        assertEquals(3, socket.events(3).size());
        TestGateway.await(() -> socket.pings > 1);
    }

    private static int status(TestGateway gateway, URI uri) {
        try {
            return gateway.http
                    .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.discarding())
                    .statusCode();
        } catch (IOException e) {
            return 0;
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
