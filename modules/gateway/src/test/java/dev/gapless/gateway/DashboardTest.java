package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gapless.Publication;
import dev.gapless.StartFrom;
import dev.gapless.Subscription;
import dev.gapless.Topic;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The dashboard in Chromium. Pictures of it are in target/screenshots; docs has two of them, dashboard.png and dashboard-topic.png. */
@Timeout(600)
class DashboardTest {
    private static final Path PICTURES = Path.of("target", "screenshots");
    private static final String HTML = "<img src=x onerror=alert(1)><b id='hostile'>";
    /** Losses are few, and nodes that are gone are seen soon. */
    private static final String FAST = """
        pekko.cluster {
          failure-detector.acceptable-heartbeat-pause = 2s
          split-brain-resolver { active-strategy = keep-oldest, stable-after = 2s }
        }
        gapless { buffer-messages = 200, producer-return-timeout = 1s }
        """;

    private static Chromium chromium;

    @TempDir
    private Path directory;

    @BeforeAll
    static void start() throws Exception {
        chromium = Chromium.start();
        Files.createDirectories(PICTURES);
    }

    @AfterAll
    static void end() {
        if (chromium != null) {
            chromium.close();
        }
    }

    private static String uri(TestGateway gateway) {
        return gateway.gateway().uri().toString();
    }

    /** What a page is asked, in which {@code page} is the one that was opened last. */
    private static JsonNode page(String code, String argument) {
        return chromium.run("const page = state.page; " + code, argument);
    }

    private static JsonNode page(String code) {
        return page(code, "");
    }

    private static void open(String uri, String options) {
        chromium.run(
                "if (state.page) await state.page.context().close(); state.page = await open(" + options
                        + "); await state.page.goto(argument);",
                uri);
    }

    private static void waitFor(String text) {
        page("await page.getByText(argument).first().waitFor();", text);
    }

    private static void waitForTail(String state) {
        page("await page.locator('.tail-state').getByText(argument).waitFor();", state);
    }

    /** Goes to a view by its address. */
    private static void go(String hash) {
        page("await page.evaluate(hash => { location.hash = hash; }, argument);", hash);
    }

    private static void picture(String name) {
        page(
                "await page.evaluate(() => scrollTo(0, 0)); await page.screenshot({ path: argument, fullPage: true });",
                PICTURES.resolve(name + ".png").toAbsolutePath().toString());
    }

    private static void assertNothingWrong() {
        assertEquals("[]", page("return page.wrong;").toString());
        assertEquals(
                "[]", page("return await page.evaluate(() => window.violated);").toString());
        assertEquals(
                0,
                page("return await page.evaluate(() => document.querySelectorAll('#hostile, main img').length);")
                        .intValue(),
                "a text was read as HTML");
    }

    private static void assertAccessible(String what) {
        assertEquals("[]", page("return await check(page);").toString(), what);
    }

    private static void assertFits() {
        assertEquals(
                "true",
                page("return await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth);")
                        .toString(),
                "it is wider than the screen");
    }

    private static JsonNode json(String text) {
        return JsonNodeFactory.instance.textNode(text);
    }

    @Test
    void theOverviewShowsNodesTopicsAndLossesAndReadsNoNameAsHtml() {
        try (TestGateway gateway = TestGateway.start("gapless.node-name = \"" + HTML + "\"")) {
            assertEquals(200, gateway.publish("prices", "1").statusCode());
            assertEquals(200, gateway.publish(HTML, "1").statusCode());
            open(uri(gateway), "{ colorScheme: 'light' }");
            waitFor("prices");
            waitFor(HTML);
            waitFor("All members answer");
            assertAccessible("the overview");
            go("#/topic/" + URLEncoder.encode(HTML, StandardCharsets.UTF_8).replace("+", "%20"));
            page("await page.getByRole('heading', { level: 1, name: argument }).waitFor();", HTML);
            assertNothingWrong();
        }
    }

    @Test
    @Tag("thorough")
    @Tag("day2")
    void eachViewShowsWhatRealNodesDoInBothColours() throws Exception {
        StandingReader stands = new StandingReader();
        StandingReader reads = new StandingReader();
        reads.goOn();
        AtomicBoolean over = new AtomicBoolean();
        try (TestGateway gateway = TestGateway.start(FAST + "gapless.node-name = vienna");
                TestGateway other = TestGateway.join(gateway, FAST + "gapless.node-name = lisbon");
                PublishingProcess process = PublishingProcess.start(
                        gateway, FAST + "gapless.node-name = oslo", "fleet/positions", directory.resolve("oslo.txt"))) {
            Topic<JsonNode> quotes = Topic.of("quotes", JsonNode.class);
            Subscription slow = other.gapless().subscribe(quotes, StartFrom.latest(), stands);
            TestGateway.get(slow.ready());
            Topic<JsonNode> fleet = Topic.of("fleet/positions", JsonNode.class);
            TestGateway.get(
                    other.gapless().subscribe(fleet, StartFrom.latest(), reads).ready());
            for (String topic : OTHERS) {
                StandingReader reader = new StandingReader();
                reader.goOn();
                TestGateway.get(other.gapless()
                        .subscribe(Topic.of(topic, JsonNode.class), StartFrom.latest(), reader)
                        .ready());
            }
            JsonSocket client = gateway.webSocket();
            client.await("connected");
            client.subscribe("quotes", "");
            Thread publisher = new Thread(() -> publishSome(gateway, over), "publisher");
            publisher.start();
            try {
                open(uri(gateway), "{ colorScheme: 'light', deviceScaleFactor: 1 }");
                waitFor("oslo");
                waitFor("fleet/positions");
                go("#/topic/quotes");
                page(
                        "await page.getByText(/The slowest is subscription \\d+ on lisbon: [\\d,]+ messages behind/).waitFor();");
                long before = lag();
                TestGateway.await(() -> lag() > before);
                page("await page.waitForTimeout(8000);"); // for the picture: the charts have a line
                picture("dashboard-topic");
                stands.goOn(); // it finds that the ring has overtaken it
                page(
                        "await page.getByRole('grid', { name: 'Losses of this topic' }).getByText('overrun').first().waitFor();");
                assertAccessible("a topic, light");
                picture("topic-light");
                go("#/");
                page("await page.getByRole('grid', { name: 'Losses' }).getByText('overrun').first().waitFor();");
                process.kill();
                waitFor("1 member is silent: oslo");
                picture("dashboard");
                page("await page.getByRole('grid', { name: 'Losses' }).getByText('producer lost').first().waitFor();");
                assertAccessible("the overview, light");
                picture("overview-light");
                page("await page.emulateMedia({ colorScheme: 'dark' });");
                assertAccessible("the overview, dark");
                picture("overview-dark");
                go("#/topic/quotes");
                waitFor("Who has got how far");
                assertAccessible("a topic, dark");
                picture("topic-dark");
                go("#/clients");
                waitFor("WebSocket");
                assertAccessible("clients, dark");
                picture("clients-dark");
                go("#/tail/quotes?from=earliest");
                page("await page.locator('.event').nth(5).waitFor();");
                page("await page.locator('.event').nth(2).click();");
                waitFor("Sequence");
                assertAccessible("tail, dark");
                picture("tail-dark");
                page("await page.emulateMedia({ colorScheme: 'light' });");
                assertAccessible("tail, light");
                picture("tail-light");
                go("#/clients");
                waitFor("WebSocket");
                assertAccessible("clients, light");
                picture("clients-light");
                assertNothingWrong();
            } finally {
                over.set(true);
                publisher.join();
                stands.goOn();
            }
        }
    }

    /** How far the slowest subscription of the topic that is shown is behind. */
    private static long lag() {
        String text = page("return await page.locator('.slowest').innerText();").textValue();
        return Long.parseLong(text.replaceAll(".*: ([\\d,]+) messages? behind.*", "$1")
                .replace(",", "")
                .replaceAll("\\D.*", "0"));
    }

    private static final List<String> OTHERS =
            List.of("orders", "chat/room-7", "alerts", "config", "sensors/hall-1", "sensors/hall-2", "prices/eu");

    /** The topic that is looked at, and others with less. */
    private static void publishSome(TestGateway gateway, AtomicBoolean over) {
        var producer = gateway.gapless().producer(Topic.of("quotes", JsonNode.class));
        String[] pairs = {"EURUSD", "GBPUSD", "EURCHF", "USDJPY"};
        for (int i = 0; !over.get(); i++) {
            ObjectNode quote = JsonNodeFactory.instance.objectNode();
            quote.put("symbol", pairs[i % 4])
                    .put("bid", (10_800 + i % 100) / 1e4)
                    .put("ask", (10_802 + i % 100) / 1e4);
            TestGateway.get(producer.publish(pairs[i % 4], quote));
            int other = i % OTHERS.size();
            if (i % (3 * (other + 1)) == 0) {
                TestGateway.get(gateway.gapless()
                        .producer(Topic.of(OTHERS.get(other), JsonNode.class))
                        .publish("key-" + i % 10, quote));
            }
            LockSupport.parkNanos((long) (8_000_000 * (1.5 + Math.sin(i / 200.0))));
        }
    }

    @Test
    @Tag("thorough")
    @Tag("day2")
    void htmlInNamesKeysHeadersAndContentIsShownAsItIsInEveryView() {
        try (TestGateway gateway = TestGateway.start("gapless.node-name = \"" + HTML + "\"")) {
            JsonSocket client = gateway.webSocket();
            client.await("connected");
            client.subscribe(HTML.replace("\"", "\\\""), "");
            var producer = gateway.gapless().producer(Topic.of(HTML, JsonNode.class));
            String path = URLEncoder.encode(HTML, StandardCharsets.UTF_8).replace("+", "%20");
            open(uri(gateway) + "/#/tail/" + path, "{}");
            waitForTail("Live");
            TestGateway.get(
                    producer.publish(Publication.of(json(HTML)).withKey(HTML).withHeader(HTML, HTML)));
            page("await page.locator('.event').first().click();");
            page("await page.locator('.detail').getByText(argument).nth(2).waitFor();", HTML);
            assertNothingWrong();
            assertAccessible("tail");
            for (String view : List.of("#/", "#/clients", "#/topic/" + path)) {
                go(view);
                waitFor(HTML);
                assertNothingWrong();
            }
            go("#/topic/%3Cimg%20src=x%20onerror=alert(1)%3E%3Cb%20id='hostile'%3Eunknown");
            waitFor("No member knows this topic now");
            go("#/topic/%E0%A4%A");
            waitFor("Overview");
            assertNothingWrong();
        }
    }

    @Test
    @Tag("thorough")
    @Tag("day2")
    void everythingIsReachedByKeys() {
        try (TestGateway gateway = TestGateway.start("gapless.node-name = n1")) {
            for (String topic : List.of("a", "b", "c")) {
                assertEquals(200, gateway.publish(topic, "1").statusCode());
            }
            open(uri(gateway), "{}");
            page("await page.getByRole('grid', { name: 'Topics' }).getByText('c', { exact: true }).waitFor();");
            page("await page.keyboard.press('/'); await page.keyboard.type('b');");
            page("await page.getByText('1 of 3').waitFor();");
            page("await page.keyboard.press('ArrowDown'); await page.keyboard.press('ArrowDown');");
            page("await page.keyboard.press('Enter');");
            page("await page.getByRole('heading', { level: 1, name: 'b', exact: true }).waitFor();");
            assertEquals(
                    "H1",
                    page("return await page.evaluate(() => document.activeElement.tagName);")
                            .textValue());
            page("await page.keyboard.press('Escape');");
            page("await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor();");
            page("await page.keyboard.press('?');");
            page("await page.getByRole('dialog').getByText('These keys').waitFor();");
            assertAccessible("the keys");
            page("await page.keyboard.press('Escape'); await page.getByRole('dialog').waitFor({ state: 'hidden' });");
            page("await page.keyboard.press('t');");
            assertEquals("light", theme());
            page("await page.keyboard.press('t');");
            assertEquals("dark", theme());
            page("await page.keyboard.press('2');");
            page("await page.getByRole('heading', { level: 1, name: 'Clients' }).waitFor();");
            page("await page.keyboard.press('3');");
            page("await page.keyboard.press('/'); await page.keyboard.type('c'); await page.keyboard.press('Enter');");
            waitForTail("Live");
            page("await page.keyboard.press('p');");
            waitForTail("Paused");
            gateway.publish("c", "2");
            page("await page.keyboard.press('p');");
            page("await page.locator('.event').waitFor();");
            page(
                    "await page.locator('.events').focus(); await page.keyboard.press('ArrowDown'); await page.keyboard.press('Enter');");
            waitFor("Sequence");
            page("await page.keyboard.press('Escape'); await page.locator('.detail').waitFor({ state: 'hidden' });");
            assertTabReaches("Sign out|Colours|Keys|Overview|Clients|Tail");
            assertNothingWrong();
        }
    }

    private static String theme() {
        return page("return await page.evaluate(() => document.documentElement.dataset.theme);")
                .textValue();
    }

    /** Tab goes through the page, and what it is at is seen. */
    private static void assertTabReaches(String names) {
        JsonNode reached = page("""
                const reached = [];
                await page.evaluate(() => document.body.focus());
                for (let i = 0; i < 20; i++) {
                  await page.keyboard.press('Tab');
                  reached.push(await page.evaluate(() => {
                    const at = document.activeElement;
                    const style = getComputedStyle(at);
                    return { name: at.getAttribute('aria-label') ?? at.textContent, seen: style.outlineStyle !== 'none' && style.outlineWidth !== '0px' };
                  }));
                }
                return reached.filter(one => one.name.length < 100 && new RegExp(argument).test(one.name));
                """, names);
        assertTrue(reached.size() >= 5, reached::toString);
        reached.forEach(one -> assertTrue(one.get("seen").booleanValue(), one::toString));
    }

    private static void assertOnlyWhatIsSeenIsThere() {
        page("await page.waitForFunction(() => document.querySelectorAll('.grid .rows .row').length > 10);");
        JsonNode rows = page("return await page.evaluate(() => document.querySelectorAll('.grid .row').length);");
        assertTrue(rows.intValue() < 100, "rows: " + rows);
    }

    @Test
    @Tag("thorough")
    @Tag("day2")
    void aLargeClusterIsShownOnASmallScreen() {
        try (BigStatus big = new BigStatus()) {
            open(big.uri(), "{ viewport: { width: 360, height: 740 }, colorScheme: 'light' }");
            waitFor("silent");
            for (String view : List.of("#/", "#/clients", "#/topic/fleet%2Farea-0%2Fpositions", "#/tail")) {
                go(view);
                page("await page.waitForTimeout(2500);"); // a few changes come
                assertFits();
                assertAccessible(view);
                picture("small-" + view.replaceAll("[^a-z]", ""));
            }
            page("await page.setViewportSize({ width: 1280, height: 860 });");
            go("#/");
            page("await page.getByRole('searchbox', { name: 'Filter topics' }).fill('area-1999');");
            page("await page.getByText('1 of 2000').waitFor();");
            page("await page.getByRole('searchbox', { name: 'Filter topics' }).fill('');");
            page("await page.getByRole('grid', { name: 'Topics' }).focus(); await page.keyboard.press('End');");
            page("await page.waitForTimeout(2500);");
            assertAccessible("the overview");
            picture("large-overview");
            go("#/topic/fleet%2Farea-0%2Fpositions");
            waitFor("Producers 1 to 20 of 200");
            page("await page.waitForTimeout(1500);");
            picture("large-topic");
            go("#/clients");
            assertOnlyWhatIsSeenIsThere();
            page("await page.getByRole('grid', { name: 'Clients' }).focus(); await page.keyboard.press('End');");
            assertOnlyWhatIsSeenIsThere();
            page("await page.waitForTimeout(1500);");
            picture("large-clients");
            System.out.println("Tasks of a large cluster above 50 ms: "
                    + page("return await page.evaluate(() => window.longTasks.map(Math.round));"));
            assertNothingWrong();
        }
    }

    @Test
    @Tag("thorough")
    @Tag("day2")
    void whoHasNoCredentialSignsInAndIsAskedAgainWhenItEnds() {
        AccessFile file = new AccessFile(directory);
        file.write("admin", "{\"status\":true,\"subscribe\":[\"*\"],\"publish\":[\"*\"],\"create\":[\"*\"]}")
                .write("reader", "{\"subscribe\":[\"*\"]}")
                .save();
        try (TestGateway gateway =
                TestGateway.start("gapless { node-name = n1, gateway.access.tokens-file = \"" + file.path() + "\" }")) {
            open(uri(gateway), "{}");
            page("await page.getByRole('heading', { name: 'Sign in' }).waitFor();");
            assertAccessible("sign in");
            picture("sign-in");
            signIn("nobody's");
            waitFor("The token is not known here");
            signIn(AccessFile.token("reader"));
            waitFor("Subject reader may not see status and metrics");
            signIn(AccessFile.token("admin"));
            waitFor("All members answer");
            assertFalse(page("return page.url();").textValue().contains("token"), "a token is in no address");
            go("#/tail/secret");
            waitForTail("Live");
            page("await page.reload();"); // the tab keeps it
            waitForTail("Live");
            file.forget("admin").save();
            page("await page.getByRole('heading', { name: 'Sign in' }).waitFor();");
            page("await page.getByText(/The token is not known here|the credential is valid no more/).waitFor();");
            assertNothingWrong();
        }
    }

    @Test
    @Tag("thorough")
    @Tag("day2")
    void overTlsTheTokenIsExchangedForACookieThatNoScriptReads() {
        Certificates certificates = new Certificates(directory);
        AccessFile file = new AccessFile(directory);
        file.write("admin", "{\"status\":true,\"subscribe\":[\"*\"]}").save();
        String config = certificates.settings(certificates.make("own", "EC"))
                + "gapless { node-name = n1, gateway.access.tokens-file = \"" + file.path() + "\" }";
        try (TestGateway gateway = TestGateway.start(config)) {
            open(uri(gateway), "{ ignoreHTTPSErrors: true }");
            page("await page.getByRole('heading', { name: 'Sign in' }).waitFor();");
            signIn(AccessFile.token("admin"));
            waitFor("All members answer");
            String kept = page("return await page.evaluate(() => JSON.stringify([...Object.values(sessionStorage),"
                            + " ...Object.values(localStorage), document.cookie]));")
                    .textValue();
            assertFalse(kept.contains("admin"), kept);
            go("#/tail/secret");
            waitForTail("Live");
            page("await page.getByRole('button', { name: 'Sign out' }).click();");
            page("await page.getByRole('heading', { name: 'Sign in' }).waitFor();");
            page("await page.reload();");
            page("await page.getByRole('heading', { name: 'Sign in' }).waitFor();");
            assertNothingWrong();
        }
    }

    private static void signIn(String token) {
        page("await page.getByLabel('Token').fill(argument); await page.keyboard.press('Enter');", token);
    }

    /** {@code -Ddashboard.seconds} says for how long. */
    @Test
    @Tag("thorough")
    @Tag("day2")
    void aTopicThatIsTooFastToReadIsShownInPartAndGapsAreShown() throws Exception {
        int seconds = Integer.getInteger("dashboard.seconds", 10);
        AtomicBoolean over = new AtomicBoolean();
        try (TestGateway gateway = TestGateway.start("gapless { node-name = n1, buffer-messages = 20000 }")) {
            open(uri(gateway) + "/#/tail/fast", "{}");
            waitForTail("Live");
            Thread publisher = new Thread(() -> publishFast(gateway, over), "publisher");
            publisher.start();
            try {
                page("await page.getByText(/Shows one in [\\d,]+ of/).waitFor();");
                page("await page.waitForTimeout(1000 * argument);", "" + seconds);
                long memory = chromium.memoryBytes();
                System.out.println("A fast topic: " + page("return await page.locator('.sample').innerText();") + ", "
                        + memory / 1_000_000 + " MB, tasks above 50 ms: "
                        + page("return await page.evaluate(() => window.longTasks.map(Math.round));"));
                assertTrue(memory < 300_000_000, memory + " bytes");
                assertTrue(
                        page("return await page.locator('.events li').count();").intValue() <= 200);
                page("await page.keyboard.press('p');");
                waitForTail("Paused");
                page("await page.waitForTimeout(2000);"); // the ring goes on past it
                over.set(true);
                publisher.join();
                page("await page.keyboard.press('p');");
                page("await page.locator('.events .gap').first().waitFor();");
                assertAccessible("gaps");
                picture("tail-gaps");
                assertNothingWrong();
            } finally {
                over.set(true);
                publisher.join();
            }
        }
    }

    /** About 50,000 a second. */
    private static void publishFast(TestGateway gateway, AtomicBoolean over) {
        var producer = gateway.gapless().producer(Topic.of("fast", JsonNode.class));
        long beginNs = System.nanoTime();
        for (long i = 0; !over.get(); i++) {
            producer.publish("key-" + i % 1000, json("message " + i));
            long aheadNs = i * 20_000 - (System.nanoTime() - beginNs);
            if (aheadNs > 1_000_000) {
                LockSupport.parkNanos(aheadNs);
            }
        }
    }
}
