package dev.gapless.gateway;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a browser gets of the dashboard, before it runs. */
@Timeout(120)
class DashboardFilesTest {
    private static final Path SITE = Path.of("src/main/resources/dev/gapless/gateway/site");
    /** What reads a text as HTML, or as a program, or names a place outside. */
    private static final Pattern DANGEROUS = Pattern.compile(
            "innerHTML|outerHTML|insertAdjacentHTML|document\\.write|createContextualFragment|DOMParser|setHTML|srcdoc"
                    + "|\\beval\\(|new Function|importScripts|https?://(?!www\\.w3\\.org/2000/svg)");

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.startAlone("");
    }

    @AfterAll
    static void end() {
        gateway.close();
    }

    private static List<Path> files() throws IOException {
        try (Stream<Path> all = Files.walk(SITE)) {
            return all.filter(Files::isRegularFile)
                    .map(SITE::relativize)
                    .sorted()
                    .toList();
        }
    }

    private static boolean isVendored(Path file) {
        return file.startsWith("vendor");
    }

    @Test
    void eachFileIsServedWithItsTypeAndNothingElseMayRunInThePage() throws IOException {
        for (Path file : files()) {
            if (file.getFileName().toString().startsWith("LICENSE")) {
                continue; // for those who read the jar
            }
            HttpResponse<String> answer = gateway.get("/" + file);
            assertEquals(200, answer.statusCode(), file::toString);
            assertEquals(Files.readString(SITE.resolve(file)), answer.body());
            String policy =
                    answer.headers().firstValue("Content-Security-Policy").orElse("");
            assertTrue(policy.startsWith("default-src 'self'") && !policy.contains("unsafe"), policy);
            assertEquals("DENY", answer.headers().firstValue("X-Frame-Options").orElse(""));
            assertEquals(
                    "nosniff",
                    answer.headers().firstValue("X-Content-Type-Options").orElse(""));
            assertEquals(
                    "no-cache", answer.headers().firstValue("Cache-Control").orElse(""));
            String type = answer.headers().firstValue("Content-Type").orElse("");
            String name = file.toString();
            String expected = name.endsWith(".js")
                    ? "text/javascript; charset=utf-8"
                    : name.endsWith(".css")
                            ? "text/css; charset=utf-8"
                            : name.endsWith(".svg") ? "image/svg+xml" : "text/html; charset=utf-8";
            assertEquals(expected, type, name);
        }
        assertEquals(
                Files.readString(SITE.resolve("index.html")), gateway.get("/").body());
    }

    @Test
    void aCopyIsAskedForAnewAndNotSentAgain() throws Exception {
        String etag = gateway.get("/app.js").headers().firstValue("ETag").orElseThrow();
        HttpResponse<String> same = gateway.get("/app.js", "If-None-Match", etag);
        assertEquals(304, same.statusCode());
        assertEquals("", same.body());
        assertEquals(200, gateway.get("/app.js", "If-None-Match", "\"other\"").statusCode());
        HttpResponse<String> head = gateway.http.send(
                HttpRequest.newBuilder(gateway.uri("/"))
                        .method("HEAD", HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
        assertEquals(200, head.statusCode());
        assertEquals("", head.body());
    }

    @Test
    void nothingElseOfTheJarIsServed() {
        for (String path : List.of(
                "/reference.conf",
                "/vendor",
                "/vendor/",
                "/vendor/LICENSE.uPlot",
                "/app.js/",
                "//app.js",
                "/%61pp.js",
                "/vendor/%2e%2e/app.js",
                "/vendor/..%2fapp.js",
                "/dev/gapless/gateway/site/app.js")) {
            assertTrue(Set.of(400, 404).contains(gateway.get(path).statusCode()), path);
        }
        assertEquals(405, gateway.post("/", "application/json", "1").statusCode());
    }

    @Test
    void noTextIsReadAsHtmlAndNothingComesFromElsewhere() throws IOException {
        for (Path file : files()) {
            String text = Files.readString(SITE.resolve(file));
            if (!isVendored(file)) {
                assertFalse(DANGEROUS.matcher(text).find(), file + " has what it must not have");
            }
        }
        String page = Files.readString(SITE.resolve("index.html"));
        assertFalse(
                Pattern.compile("(?i)<style|\\son\\w+=|style=|javascript:")
                        .matcher(page)
                        .find(),
                page);
        assertFalse(Pattern.compile("<script(?![^>]*\\ssrc=)").matcher(page).find(), page);
    }
}
