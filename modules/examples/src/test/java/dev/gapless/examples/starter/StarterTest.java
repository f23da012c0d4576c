package dev.gapless.examples.starter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** The project to begin with is none of this build, so that it can be copied as it is: here it is compiled, and its test is run. */
class StarterTest {
    private static final Path ROOT = Path.of("../..");
    private static final Path STARTER = ROOT.resolve("starter");

    @Test
    void compilesAndPassesItsOwnTest(@TempDir Path classes) throws Exception {
        compileInto(classes);
        URL[] there = {
            classes.toUri().toURL(),
            STARTER.resolve("src/main/resources").toUri().toURL()
        };
        SummaryGeneratingListener listener = new SummaryGeneratingListener();
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (URLClassLoader loader = new URLClassLoader(there, before)) {
            Thread.currentThread().setContextClassLoader(loader); // which finds its application.conf
            LauncherFactory.create()
                    .execute(
                            LauncherDiscoveryRequestBuilder.request()
                                    .selectors(selectClass(loader.loadClass("com.example.flags.FlagCacheTest")))
                                    .build(),
                            listener);
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
        TestExecutionSummary summary = listener.getSummary();
        StringWriter failures = new StringWriter();
        summary.printFailuresTo(new PrintWriter(failures));
        assertEquals(0, summary.getTotalFailureCount(), failures.toString());
        assertTrue(summary.getTestsSucceededCount() >= 4, summary.getTestsSucceededCount() + " tests");
    }

    private static void compileInto(Path classes) throws IOException {
        List<String> sources;
        try (Stream<Path> files = Files.walk(STARTER.resolve("src"))) {
            sources = files.map(Path::toString)
                    .filter(file -> file.endsWith(".java"))
                    .toList();
        }
        List<String> options = List.of("--release", "17", "-proc:none", "-d", classes.toString());
        StringWriter errors = new StringWriter();
        var compiler = ToolProvider.getSystemJavaCompiler();
        try (var files = compiler.getStandardFileManager(null, null, null)) {
            assertTrue(
                    compiler.getTask(errors, files, null, options, null, files.getJavaFileObjectsFromStrings(sources))
                            .call(),
                    errors::toString);
        }
    }

    @Test
    void takesTheVersionsOfThisBuild() throws IOException {
        String starter = Files.readString(STARTER.resolve("pom.xml"));
        String build = Files.readString(ROOT.resolve("pom.xml"));
        TreeMap<String, String> taken = new TreeMap<>();
        for (MatchResult part : Pattern.compile("(?s)<artifactId>([^<]*)</artifactId>\\s*<version>([^<]*)</version>")
                .matcher(starter)
                .results()
                .toList()) {
            taken.put(part.group(1), part.group(2));
        }
        assertEquals(property(build, "version"), property(starter, "gapless.version"));
        assertEquals("${gapless.version}", taken.get("gapless-cluster"));
        assertEquals("${gapless.version}", taken.get("gapless-testkit"));
        assertEquals(property(build, "slf4j.version"), taken.get("slf4j-simple"));
        assertEquals(property(build, "junit.version"), taken.get("junit-jupiter"));
        assertEquals(property(build, "maven-compiler-plugin.version"), taken.get("maven-compiler-plugin"));
        assertEquals(property(build, "maven-surefire-plugin.version"), taken.get("maven-surefire-plugin"));
        assertEquals(property(build, "maven.compiler.release"), property(starter, "maven.compiler.release"));
    }

    private static String property(String pom, String name) {
        return Pattern.compile("<" + Pattern.quote(name) + ">([^<]*)<")
                .matcher(pom)
                .results()
                .findFirst()
                .orElseThrow(() -> new AssertionError("No " + name))
                .group(1);
    }
}
