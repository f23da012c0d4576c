package dev.gapless.spring;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The project that users copy has the versions of this build, whose tests compile its code, and run its test. */
class CopiedProjectTest {
    private static final Path ROOT = Path.of("../..");

    @Test
    void takesTheVersionsOfThisBuild() throws IOException {
        String project = Files.readString(ROOT.resolve("spring-starter/pom.xml"));
        String build = Files.readString(ROOT.resolve("pom.xml"));
        assertEquals(first(build, "version"), first(project, "gapless.version"));
        assertEquals(first(build, "spring-boot-3.version"), first(project, "spring-boot.version"));
        assertTrue(project.contains("<!-- " + first(build, "spring-boot-4.version") + " works as well. -->"));
        assertEquals(first(build, "maven.compiler.release"), first(project, "maven.compiler.release"));
        for (String plugin : new String[] {"maven-compiler-plugin", "maven-surefire-plugin"}) {
            String version = first(build, plugin + ".version");
            assertTrue(
                    project.contains("<artifactId>" + plugin + "</artifactId>\n        <version>" + version + "<"),
                    plugin);
        }
    }

    private static String first(String pom, String element) {
        Matcher found =
                Pattern.compile("<" + Pattern.quote(element) + ">([^<]*)<").matcher(pom);
        assertTrue(found.find(), element);
        return found.group(1);
    }
}
