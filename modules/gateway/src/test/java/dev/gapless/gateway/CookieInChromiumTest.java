package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gapless.gateway.Certificates.Own;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The cookie of {@code /api/session} as a real browser keeps and sends it. */
@Timeout(300)
class CookieInChromiumTest {
    private static final String MAY = "{\"subscribe\":[\"prices\"],\"publish\":[\"prices\"],\"create\":[\"prices\"]}";

    /** Signs in at the page's own origin, and follows the topic; what it is given is in {@code seen}. */
    private static final String SIGN_IN = """
        const page = await open({ ignoreHTTPSErrors: true });
        await page.goto(argument + '/');
        state.page = page;
        return await page.evaluate(async () => {
          const answer = await fetch('/api/session', { method: 'POST', headers: { Authorization: 'Bearer page' } });
          window.seen = [];
          window.stream = new EventSource('/api/topics/prices/events?from=earliest');
          window.stream.onmessage = event => event.data && window.seen.push(JSON.parse(event.data).data);
          return { status: answer.status, visible: document.cookie };
        });
        """;

    private static final String SEEN = """
        await state.page.waitForFunction(number => window.seen.includes(number), Number(argument));
        return await state.page.evaluate(() => window.seen);
        """;

    /** A page of another origin, which the cookie's is the same site of: what becomes of its stream, and of what it publishes. */
    private static final String FROM_ELSEWHERE = """
        const [own, other] = argument.split(' ');
        const page = await state.page.context().newPage();
        await page.goto(own + '/health/live'); // which has no policy of its own
        return await page.evaluate(async url => {
          const stream = new EventSource(url + '/api/topics/prices/events?from=earliest', { withCredentials: true });
          const streamed = await new Promise(done => {
            stream.onmessage = () => done('opened');
            stream.onerror = () => done('refused');
          });
          stream.close();
          const published = await fetch(url + '/api/topics/prices/messages', {
            method: 'POST', credentials: 'include', headers: { 'Content-Type': 'application/json' }, body: '9',
          }).then(answer => answer.status, () => 'refused');
          return { streamed, published };
        }, other);
        """;

    @TempDir
    private Path directory;

    private static void publish(TestGateway gateway, HttpClient http, int number) {
        HttpRequest request = HttpRequest.newBuilder(gateway.uri(TestGateway.path("prices", "messages")))
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer page")
                .POST(HttpRequest.BodyPublishers.ofString("" + number))
                .build();
        assertEquals(
                200,
                TestGateway.get(http.sendAsync(request, HttpResponse.BodyHandlers.ofString()))
                        .statusCode());
    }

    @Test
    @DisplayName(
            "resumes EventSource at another gateway, and is of use to pages of another origin only where that is named")
    void resumes() throws IOException {
        Certificates certificates = new Certificates(directory);
        Own own = certificates.make("gateway", "EC");
        Path tokens =
                certificates.write("tokens.json", "{\"tokens\":[" + AccessTest.entry("page", "page", MAY, "") + "]}");
        String settings = certificates.settings(own)
                + "gapless.gateway { reconnect-min = 10ms, reconnect-jitter = 10ms, access { tokens-file = \"" + tokens
                + "\", session-keys = [\"AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"] } }\n";
        HttpClient http = HttpClient.newBuilder()
                .sslContext(Certificates.client(null, own))
                .build();
        try (Chromium chromium = Chromium.start();
                TestGateway first = TestGateway.start(settings);
                TestGateway second = TestGateway.join(first, settings);
                Relay relay = new Relay(first.gateway().port())) {
            String behind = "https://127.0.0.1:" + relay.port();
            JsonNode signedIn = chromium.run(SIGN_IN, behind);
            assertEquals(200, signedIn.path("status").asInt());
            assertEquals("", signedIn.path("visible").asText(), "scripts see nothing of it");
            publish(first, http, 1);
            assertEquals("[1]", chromium.run(SEEN, "1").toString());
            relay.to(second.gateway().port());
            relay.cut();
            publish(first, http, 2);
            assertEquals("[1,2]", chromium.run(SEEN, "2").toString(), "nothing twice, nothing missing");
            JsonNode elsewhere = chromium.run(FROM_ELSEWHERE, second.gateway().uri() + " " + behind);
            assertEquals("{\"streamed\":\"refused\",\"published\":\"refused\"}", elsewhere.toString());
            try (TestGateway third = TestGateway.join(
                    first,
                    settings + "gapless.gateway.allowed-origins = [\""
                            + second.gateway().uri() + "\"]")) {
                JsonNode named = chromium.run(
                        FROM_ELSEWHERE,
                        second.gateway().uri() + " " + third.gateway().uri());
                assertEquals("{\"streamed\":\"opened\",\"published\":200}", named.toString());
            }
        }
    }
}
