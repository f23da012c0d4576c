package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocketHandshakeException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A browser exchanges its token for a cookie, which counts at every gateway that has the same keys. */
@Timeout(180)
class BrowserSessionTest {
    private static final String APP = "https://app.example";
    private static final String ANYWHERE = "https://anywhere.example";
    private static final String KEY = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    private static final String NEW_KEY = "BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA=";
    private static final String EVENTS = TestGateway.path("prices", "events") + "?from=earliest";

    @TempDir
    private Path directory;

    private TestGateway gateway;

    private Path file(String... entries) {
        return new Certificates(directory).write("tokens.json", "{\"tokens\":[" + String.join(",", entries) + "]}");
    }

    private static final String ALL = "{\"subscribe\":[\"*\"],\"publish\":[\"*\"],\"create\":[\"*\"],\"status\":true}";

    private static String page() {
        return AccessTest.entry("page", "page's token", ALL, "");
    }

    private static String settings(Path file, String more) {
        return "gapless.gateway { allowed-origins = [\"" + APP + "\"], access { tokens-file = \"" + file + "\" " + more
                + " } }\n";
    }

    @BeforeEach
    void start() {
        gateway = TestGateway.start(settings(file(page()), ", session-keys = [\"" + KEY + "\"]"));
    }

    @AfterEach
    void close() {
        gateway.close();
    }

    private static HttpResponse<String> begin(TestGateway at, String token, String... headers) {
        String[] all = new String[headers.length + 2];
        System.arraycopy(headers, 0, all, 2, headers.length);
        all[0] = "Authorization";
        all[1] = "Bearer " + token;
        return at.post("/api/session", "application/json", "", all);
    }

    /** As a browser sends it. */
    private static String cookie(HttpResponse<String> answer) {
        assertEquals(200, answer.statusCode(), answer::body);
        return answer.headers().firstValue("Set-Cookie").orElseThrow().split(";", 2)[0];
    }

    private static void is(int status, String code, HttpResponse<String> answer) {
        assertEquals(status, answer.statusCode(), answer::body);
        assertTrue(answer.body().contains("urn:gapless:" + code), answer::body);
    }

    @Test
    @DisplayName("a cookie that scripts cannot read, for this host alone, over TLS alone, as long as it says")
    void attributes() {
        HttpResponse<String> answer = begin(gateway, "page's token");
        String cookie = answer.headers().firstValue("Set-Cookie").orElseThrow();
        assertTrue(cookie.startsWith("__Host-gapless="), cookie);
        assertTrue(cookie.endsWith("; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age=43200"), cookie);
        assertEquals("{\"expires_in\":43200}", answer.body());
        assertEquals("no-store", answer.headers().firstValue("Cache-Control").orElse(""));
        assertTrue(!cookie.contains("page"), "it says nothing to who reads it");
        is(401, "unauthenticated", begin(gateway, "wrong"));
        is(401, "unauthenticated", gateway.post("/api/session", "application/json", ""));
        is(401, "unauthenticated", gateway.post("/api/session", "application/json", "", "Cookie", cookie(answer)));
        assertEquals(405, gateway.get("/api/session").statusCode());
    }

    @Test
    @DisplayName("it stands for the token, in each protocol of browsers, and resumes a stream at another gateway")
    void everywhere() {
        String cookie = cookie(begin(gateway, "page's token"));
        String messages = TestGateway.path("prices", "messages");
        assertEquals(
                200,
                gateway.post(messages, "application/json", "1", "Cookie", cookie)
                        .statusCode());
        assertEquals(
                200, gateway.get("/api/status", "Cookie", "other=1; " + cookie).statusCode());
        EventStream first = gateway.events(EVENTS, "Cookie", cookie);
        String id = first.next(1).get(0).id();
        try (TestGateway other =
                TestGateway.join(gateway, settings(file(page()), ", session-keys = [\"" + KEY + "\"]"))) {
            assertEquals(
                    200,
                    gateway.post(messages, "application/json", "2", "Cookie", cookie)
                            .statusCode());
            EventStream again = other.events(EVENTS, "Cookie", cookie, "Last-Event-ID", id);
            assertEquals(2, again.next(1).get(0).data().path("data").asInt());
            JsonSocket socket = other.closing(JsonSocket.open(other.http, other.uri("/api/ws"), "Cookie", cookie));
            socket.await("connected");
            socket.subscribe("prices", "\"from\":\"earliest\"");
            socket.await("event");
        }
        assertEquals(
                200,
                gateway.get("/api/status", "Cookie", cookie, "Authorization", "Bearer page's token")
                        .statusCode());
        is(401, "unauthenticated", gateway.get("/api/status", "Cookie", cookie, "Authorization", "Bearer wrong"));
    }

    @Test
    @DisplayName(
            "one that is not valid is refused, and does not count as none; a new token takes its place, DELETE removes it")
    void notValid() {
        String cookie = cookie(begin(gateway, "page's token"));
        try (TestGateway open = TestGateway.start(settings(
                file(page()),
                ", session-keys = [\"" + NEW_KEY + "\"], anonymous { subscribe = [\"*\"], status = true }"))) {
            assertEquals(200, open.get("/api/status").statusCode());
            for (String wrong : List.of(
                    cookie, // of other keys
                    "__Host-gapless=",
                    "__Host-gapless=" + "x".repeat(8_000),
                    "__Host-gapless=....",
                    "__Host-gapless=W10..AAAA.AAAA.AAAA", // its head is []
                    "__Host-gapless=a,b", // the web server passes over these
                    "__Host-gapless",
                    "other=\"; " + cookie,
                    cookie.substring(0, cookie.length() - 4))) {
                is(401, "unauthenticated", open.get("/api/status", "Cookie", wrong));
                is(401, "unauthenticated", open.get(EVENTS, "Cookie", wrong));
            }
            String own = cookie(begin(open, "page's token", "Cookie", cookie));
            assertEquals(200, open.get("/api/status", "Cookie", own).statusCode());
            is(401, "unauthenticated", open.get("/api/status", "Cookie", own + "; " + own));
            HttpResponse<String> over = TestGateway.get(open.http.sendAsync(
                    HttpRequest.newBuilder(open.uri("/api/session"))
                            .header("Cookie", cookie)
                            .DELETE()
                            .build(),
                    HttpResponse.BodyHandlers.ofString()));
            assertEquals(200, over.statusCode());
            assertTrue(over.headers().firstValue("Set-Cookie").orElseThrow().contains("; Max-Age=0"));
        }
    }

    @Test
    @DisplayName("keys are rotated: the first one encrypts, all decrypt")
    void rotation() {
        String old = cookie(begin(gateway, "page's token"));
        String keys = ", session-keys = [\"" + NEW_KEY + "\", \"" + KEY + "\"]";
        try (TestGateway rotated = TestGateway.start(settings(file(page()), keys))) {
            assertEquals(200, rotated.get("/api/status", "Cookie", old).statusCode());
            String current = cookie(begin(rotated, "page's token"));
            is(401, "unauthenticated", gateway.get("/api/status", "Cookie", current));
        }
        for (String wrong : List.of("short", "not base64!", KEY.substring(4))) {
            RuntimeException refused = assertThrows(
                    RuntimeException.class,
                    () -> TestGateway.startAlone(settings(file(page()), ", session-keys = [\"" + wrong + "\"]"))
                            .close());
            assertTrue(String.valueOf(refused.getMessage()).contains("session-keys"), refused::getMessage);
            assertTrue(!refused.getMessage().contains(wrong), refused::getMessage);
        }
    }

    @Test
    @DisplayName("it counts no longer than its token, and ends with it")
    void noLonger() {
        file(AccessTest.entry(
                "page", "page's token", ALL, ",\"expires\":\"" + Instant.now().plusSeconds(1_000) + "\""));
        TestGateway.await(() -> begin(gateway, "page's token").body().matches("\\{\"expires_in\":(9|10)\\d\\d}"));
        String cookie = cookie(begin(gateway, "page's token"));
        EventStream stream = gateway.events(EVENTS, "Cookie", cookie);
        assertEquals(200, stream.status());
        file(AccessTest.entry("other", "other token", ALL, ""));
        TestGateway.await(() -> stream.next().equals(EventStream.END));
        is(401, "unauthenticated", gateway.get("/api/status", "Cookie", cookie));
        gateway.close();
        gateway = TestGateway.start(settings(file(page()), ", session-lifetime = 1s"));
        String brief = cookie(begin(gateway, "page's token"));
        EventStream ends = gateway.events(EVENTS, "Cookie", brief);
        TestGateway.await(() -> ends.next().equals(EventStream.END));
        is(401, "unauthenticated", gateway.get("/api/status", "Cookie", brief));
    }

    @Test
    @DisplayName("a page of another origin has nothing of it, unless it is named")
    void otherOrigins() {
        String cookie = cookie(begin(gateway, "page's token"));
        try (TestGateway open = TestGateway.start(settings(file(page()), ", session-keys = [\"" + KEY + "\"]")
                + "gapless.gateway.allowed-origins = [\"*\", \"" + APP + "\"]")) {
            for (Map.Entry<String, Integer> page :
                    Map.of(APP, 200, ANYWHERE, 403).entrySet()) {
                String[] headers = {"Cookie", cookie, "Origin", page.getKey(), "Sec-Fetch-Site", "cross-site"};
                HttpResponse<String> status = open.get("/api/status", headers);
                assertEquals(page.getValue(), status.statusCode(), page::getKey);
                assertEquals(
                        page.getValue() == 200 ? "true" : "",
                        status.headers()
                                .firstValue("Access-Control-Allow-Credentials")
                                .orElse(""));
                assertEquals(
                        page.getValue(),
                        open.post(TestGateway.path("prices", "messages"), "application/json", "1", headers)
                                .statusCode());
                assertEquals(page.getValue(), open.events(EVENTS, headers).status());
                assertEquals(page.getValue() == 200 ? 101 : 403, upgrade(open, headers));
            }
            is(
                    403,
                    "forbidden_origin",
                    open.get("/api/status", "Cookie", cookie, "Sec-Fetch-Site", "same-site")); // an image, say
            assertEquals(
                    200,
                    open.get("/api/status", "Authorization", "Bearer page's token", "Origin", ANYWHERE)
                            .statusCode(),
                    "with a token of its own it may");
        }
        is(403, "forbidden_origin", gateway.get("/api/status", "Cookie", cookie, "Origin", ANYWHERE));
        is(403, "forbidden_origin", begin(gateway, "page's token", "Origin", ANYWHERE));
    }

    @Test
    @DisplayName(
            "a page of the gateway's name that came without TLS has nothing of it: anybody on the network can have written that")
    void withoutTls() {
        try (TestGateway named = TestGateway.start(settings(file(page()), ", session-keys = [\"" + KEY + "\"]")
                + "gapless.gateway.allowed-hosts = [gw.example]")) {
            String cookie = cookie(begin(named, "page's token"));
            String head = "GET /api/status HTTP/1.1\r\nHost: gw.example\r\nCookie: " + cookie + "\r\nOrigin: ";
            for (Map.Entry<String, Integer> page :
                    Map.of("https://gw.example", 200, "http://gw.example", 403).entrySet()) {
                try (RawSocket socket = new RawSocket(named.gateway().port())) {
                    String answer =
                            socket.send(head + page.getKey() + "\r\n\r\n").readTo("\r\n\r\n");
                    assertTrue(answer.startsWith("HTTP/1.1 " + page.getValue()), answer);
                }
            }
            String own = named.uri("/").toString().replaceFirst("/$", "");
            assertEquals(
                    200,
                    named.get("/api/status", "Cookie", cookie, "Origin", own).statusCode());
        }
    }

    private static int upgrade(TestGateway at, String... headers) {
        try {
            at.closing(JsonSocket.open(at.http, at.uri("/api/ws"), headers)).await("connected");
            return 101;
        } catch (CompletionException e) {
            return e.getCause() instanceof WebSocketHandshakeException refused
                    ? refused.getResponse().statusCode()
                    : -1;
        }
    }

    @Test
    @DisplayName("permissions that are too long for a cookie are told; without access control there is no session")
    void tooLong() {
        String many = "{\"subscribe\":[\"" + "a-topic-with-a-long-name/*\",\"".repeat(300) + "x\"]}";
        file(AccessTest.entry("page", "page's token", many, ""));
        TestGateway.await(() -> begin(gateway, "page's token").statusCode() == 409);
        assertTrue(begin(gateway, "page's token").body().contains("too long for a cookie"));
        try (TestGateway without = TestGateway.startAlone("")) {
            is(409, "refused", begin(without, "any"));
        }
    }
}
