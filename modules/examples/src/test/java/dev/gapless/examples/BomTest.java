package dev.gapless.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.cfg.PackageVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** What applications import to get versions that belong together. It has no parent, and so repeats some of the build's. */
class BomTest {
    private static final Path ROOT = Path.of("../..");
    private static final String BOM = read(ROOT.resolve("modules/bom/pom.xml"));
    private static final String BUILD = read(ROOT.resolve("pom.xml"));

    @Test
    void hasTheVersionsOfTheBuild() {
        for (String name : List.of("version", "scala.binary.version", "pekko.version")) {
            assertEquals(first(BUILD, name), first(BOM, name), name);
        }
        for (String plugin : List.of("maven-install-plugin", "maven-deploy-plugin")) {
            assertTrue(
                    BOM.contains("<artifactId>" + plugin + "</artifactId>\n          <version>"
                            + first(BUILD, plugin + ".version") + "<"),
                    plugin);
        }
    }

    @Test
    void hasTheJacksonThatPekkoAsksFor() {
        assertEquals(PackageVersion.VERSION.toString(), first(BOM, "jackson.version"));
    }

    @Test
    void namesEveryArtifactThatIsInstalled() {
        Set<String> installed = new TreeSet<>();
        for (String module : all(BUILD, "<module>([^<]*)</module>")) {
            String pom = read(ROOT.resolve(module).resolve("pom.xml"));
            if (!pom.contains("<maven.install.skip>true<") && !pom.contains("<packaging>pom<")) {
                installed.add(all(pom, "<artifactId>(gapless-[^<]*)</artifactId>").stream()
                        .filter(name -> !name.equals("gapless-parent"))
                        .findFirst()
                        .orElseThrow());
            }
        }
        Set<String> named = new TreeSet<>(all(BOM, "<artifactId>(gapless-[^<]*)</artifactId>"));
        named.remove("gapless-bom");
        assertEquals(installed, named);
    }

    private static String first(String pom, String element) {
        String name = Pattern.quote(element);
        return all(pom, "<" + name + ">([^<]*)</" + name + ">").get(0);
    }

    private static List<String> all(String text, String pattern) {
        return Pattern.compile(pattern)
                .matcher(text)
                .results()
                .map((MatchResult found) -> found.group(1))
                .toList();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
