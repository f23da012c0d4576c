package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** An argument is what the shell passed, whatever the locale. */
class ArgumentsTest {
    private static byte[] commandLine(String... arguments) {
        return (String.join("\0", arguments) + "\0").getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void whatTheJvmGarbledIsReadFromTheCommandLine() {
        String[] decoded = {"publish", "--topic", "gr\uFFFD\uFFFD\uFFFD\uFFFDe"};
        assertArrayEquals(
                new String[] {"publish", "--topic", "größe"},
                Arguments.of(decoded, commandLine("java", "-jar", "gapless.jar", "publish", "--topic", "größe")));
    }

    @Test
    void soIsWhatItTookForAnotherCharacterSet() {
        assertArrayEquals(
                new String[] {"größe"}, Arguments.of(new String[] {"grÃ¶Ã\u009fe"}, commandLine("java", "größe")));
    }

    @Test
    void whatIsNoTextIsRefused() {
        byte[] commandLine = commandLine("java", "gr_e");
        commandLine[7] = (byte) 0xf6; // ISO 8859-1
        Failure failure = assertThrows(Failure.class, () -> Arguments.of(new String[] {"gr\uFFFDe"}, commandLine));
        assertTrue(failure.getMessage().contains("not UTF-8"), failure::getMessage);
    }

    @Test
    void withoutACommandLineWhatWasUnderstoodIsTaken() {
        assertArrayEquals(new String[] {"größe"}, Arguments.of(new String[] {"größe"}, new byte[0]));
        assertThrows(Failure.class, () -> Arguments.of(new String[] {"gr\uFFFDe"}, new byte[0]));
    }

    @Test
    @DisplayName("posixLocaleGarblesNames: a process without a locale publishes to the topic that was named")
    void aProcessWithoutALocalePublishesToTheTopicThatWasNamed() throws IOException, InterruptedException {
        try (FakeGateway gateway = new FakeGateway()) {
            // The shell writes the bytes: this JVM may have no locale either.
            String script = "printf 'gr\\303\\266\\303\\237e\\n' | \"$1\" -cp \"$2\" dev.gapless.node.GaplessCommand"
                    + " publish --topic \"$(printf 'gr\\303\\266\\303\\237e')\" --url \"$3\"";
            ProcessBuilder builder = new ProcessBuilder(List.of(
                    "sh",
                    "-c",
                    script,
                    "sh",
                    System.getProperty("java.home") + "/bin/java",
                    System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                    gateway.url()));
            builder.environment().put("LC_ALL", "C");
            builder.inheritIO();
            Process process = builder.start();
            try {
                assertTrue(process.waitFor(60, TimeUnit.SECONDS));
                assertEquals(0, process.exitValue());
            } finally {
                process.destroyForcibly();
            }
            assertEquals(List.of("{\"data\":\"größe\"}"), gateway.accepted());
            assertTrue(
                    gateway.requests().get(0).target().startsWith("/api/topics/gr%C3%B6%C3%9Fe/messages"),
                    () -> gateway.requests().get(0).target());
        }
    }
}
