package dev.gapless.node;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class GaplessCommandTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();
    private final CommandLine command = GaplessCommand.commandLine(new Termination())
            .setOut(new PrintWriter(out, true))
            .setErr(new PrintWriter(err, true));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "--no-such-option",
                "no-such-command",
                "node",
                "node --config no-such-file.conf",
                "publish --topic t",
                "publish --seed 127.0.0.1:1",
                "publish --topic t --seed 127.0.0.1",
                "publish --topic t --seed :2551",
                "publish --topic t --seed 127.0.0.1:99999",
                "publish --topic t --seed pekko://flags@127.0.0.1:2551",
                "publish --topic t --seed http://127.0.0.1:2551",
                "publish --topic t --seed 127.0.0.1:1 --system a.b",
                "publish --topic t --seed 127.0.0.1:1 --name ",
                "publish --topic t --seed 127.0.0.1:1 --host ",
                "publish --topic t --seed 127.0.0.1:1 --config .",
                "publish --topic t --seed 127.0.0.1:1 --join-timeout 99999999999999d",
                "publish --topic t --seed 127.0.0.1:1 --overflow maybe",
                "publish --topic t --seed 127.0.0.1:1 --buffer-messages 0",
                "publish --topic t --seed 127.0.0.1:1 --buffer-bytes much",
                "publish --topic t --seed 127.0.0.1:1 --port 70000",
                "publish --topic t --seed 127.0.0.1:1 --join-timeout soon",
                "publish --topic t --seed 127.0.0.1:1 --url http://127.0.0.1:1",
                "publish --topic t --seed 127.0.0.1:1 --retry-for 1s",
                "publish --topic t --url 127.0.0.1:25581",
                "publish --topic t --url ftp://127.0.0.1",
                "publish --topic t --url http://",
                "publish --topic t --url http://127.0.0.1:99999",
                "publish --topic t --url http://127.0.0.1:1/?a=b",
                "publish --topic t --url http://127.0.0.1:1 --retry-for soon",
                "publish --topic t --url http://127.0.0.1:1 --name n",
                "publish --topic t --url http://127.0.0.1:1 --host 127.0.0.1",
                "publish --topic t --url http://127.0.0.1:1 --port 0",
                "publish --topic t --url http://127.0.0.1:1 --system s",
                "publish --topic t --url http://127.0.0.1:1 --config c",
                "publish --topic t --url http://127.0.0.1:1 --join-timeout 1s",
                "publish --topic t --url http://127.0.0.1:1 --buffer-messages 1",
                "publish --topic t --url http://127.0.0.1:1 --buffer-bytes 1",
                "publish --topic t --url http://127.0.0.1:1 --overflow maybe",
                "subscribe --topic t --url http://127.0.0.1:1 --overflow expire",
                "subscribe --topic t --url http://127.0.0.1:1 --count 0",
                "subscribe --topic t --seed 127.0.0.1:1 --count 0",
                "subscribe --topic t --seed 127.0.0.1:1 --from yesterday",
                "subscribe --topic t --seed 127.0.0.1:1 --nodes a,,b",
                "subscribe --topic t --seed 127.0.0.1:1 --from 2026-01-31",
                "subscribe --topic t --seed 127.0.0.1:1 --from {\"positions\":1}",
                "subscribe --topic t --url http://127.0.0.1:1 --from {\"then\":[]}",
                "subscribe --topic t --url http://127.0.0.1:1 --from yesterday",
                "subscribe --topic t --url http://127.0.0.1:1 --from Earliest",
                "status",
                "status --json --seed 127.0.0.1:1 extra",
                "demo --slow",
                "simulate",
                "simulate --seeds 2..1",
                "simulate --seeds one",
                "simulate --seeds 1..2 --trace",
                "simulate --seeds 1 --faults some",
                "simulate --seeds 1 --threads 0",
                "bench extra",
                "bench --workloads W99",
                "bench --workloads W",
                "bench --workloads W1,W1",
                "bench --peers pigeons",
                "bench --peers gapless,,tcp",
                "bench --peers gapless,gapless",
                "bench --peers gapless --baseline tcp",
                "bench --rounds 0",
                "bench --rounds many",
                "bench --warm-up 0s",
                "bench --measure soon",
                "bench-report",
                "bench-report no-such-file.json",
                "bench-report pom.xml",
                "bench-report .",
            })
    void endsWithTwoAndOneLineOnWrongUsage(String line) {
        int status = command.execute(line.isEmpty() ? new String[0] : line.split(" ", -1));
        assertAll(
                () -> assertEquals(2, status, err::toString),
                () -> assertEquals(1, err.toString().lines().count(), err::toString),
                () -> assertTrue(err.toString().contains("--help"), err::toString),
                () -> assertEquals("", out.toString()));
    }

    @Test
    void namesWhatIsWrong() {
        command.execute("publish", "--topic", "t", "--seed", "nonsense");
        assertTrue(err.toString().contains("'nonsense' is not HOST:PORT"), err::toString);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            statsu                             | there is no command 'statsu': the commands are node, publish, subscribe,
            steam                              | there is no command 'steam': the commands are node, publish, subscribe,
            publish --topci x                  | unknown option '--topci'; did you mean --topic?
            publish --topci x --seed 127.0.0.1:1 | unknown option '--topci'; did you mean --topic?
            publish --topic x --seed 127.0.0.1:1 y | unexpected argument 'y'
            publish --topic x | give --url URL of a gateway, or --seed HOST:PORT to join the cluster
            publish --topic x --url http://127.0.0.1:1 --name n | --name is of a member of the cluster
            subscribe --topic x --url http://127.0.0.1:1 --from Earliest | --from: 'Earliest' is written 'earliest'
            subscribe --topic x --url http://127.0.0.1:1 --from {"then":[]} | --from: beside then stands token, a cursor token
            subscribe --topic x --seed 127.0.0.1:1 --from LATEST | --from: 'LATEST' is written 'latest'
            status --url gateway:1 | gateway:1' is not the URL of a gateway, such as http://127.0.0.1:25581
            publish --seed pekko://flags@127.0.0.1:1 | what stands before the @ is for --system
            """)
    void namesTheWordThatItDoesNotUnderstand(String line, String said) {
        assertEquals(2, command.execute(line.split(" ", -1)));
        assertTrue(err.toString().contains(said), err::toString);
        assertTrue(!err.toString().contains("demo-node"), err::toString);
    }

    @Test
    void saysWhatToDoWithEachCommand() {
        for (String name :
                List.of("node", "publish", "subscribe", "status", "demo", "simulate", "bench", "bench-report")) {
            StringWriter help = new StringWriter();
            int status = command.setOut(new PrintWriter(help, true)).execute(name, "--help");
            assertEquals(0, status, name);
            assertTrue(help.toString().startsWith("Usage: gapless " + name), help::toString);
        }
    }

    @Test
    void simulatesEachSeedAndSaysWhatOccurred() {
        int status = command.execute("simulate", "--seeds", "1..3", "--faults", "none", "--threads", "2");
        assertEquals(0, status, err::toString);
        assertTrue(out.toString().startsWith("3 schedules, "), out::toString);
        assertTrue(out.toString().contains(" delivered"), out::toString);
        assertEquals(
                "simulating seeds 1..3, 2 at a time",
                err.toString().lines().findFirst().orElse(""));
    }

    @Test
    void tracesASeedTheSameEachTime() {
        command.execute("simulate", "--seeds", "1..1", "--faults", "none", "--trace");
        String first = out.toString();
        command.execute("simulate", "--seeds", "1", "--faults", "none", "--trace");
        assertTrue(first.contains("n1.1"), first);
        assertEquals(first + first, out.toString());
    }

    @Test
    void hidesTheProcessesOfTheDemo() {
        command.execute("--help");
        assertTrue(!out.toString().contains("demo-node"), out::toString);
    }

    @Test
    void endsWithOneAndOneLineWhenTheClusterCannotBeReached() {
        int status = command.execute("status", "--seed", "127.0.0.1:1", "--join-timeout", "1s");
        assertAll(
                () -> assertEquals(1, status, err::toString),
                () -> assertEquals(1, err.toString().lines().count(), err::toString),
                () -> assertTrue(err.toString().contains("127.0.0.1:1 cannot be reached"), err::toString),
                () -> assertEquals("", out.toString()));
    }

    @Test
    void endsWithOneAndOneLineWhenNoGatewayAnswers() {
        int status = command.execute("status", "--url", "http://127.0.0.1:1", "--retry-for", "1s");
        assertAll(
                () -> assertEquals(1, status, err::toString),
                () -> assertEquals(2, err.toString().lines().count(), err::toString),
                () -> assertTrue(err.toString().contains("trying again"), err::toString),
                () -> assertTrue(
                        err.toString()
                                .contains(
                                        "http://127.0.0.1:1 cannot be reached: connection refused; gave up after 1 s"),
                        err::toString),
                () -> assertEquals("", out.toString()));
    }

    @Test
    void endsWithOneWhenNoMemberHasAnsweredTheGatewayThatDoes() throws IOException {
        try (FakeGateway gateway = new FakeGateway()) {
            gateway.status("{\"members\":[{\"node\":null,\"address\":\"h:1\",\"answers\":false}],\"topics\":[]}");
            assertEquals(1, command.execute("status", "--url", gateway.url()), err::toString);
            assertTrue(err.toString().contains("no member of the cluster has answered"), err::toString);
        }
    }

    @Test
    void refusesATopicWithoutANameBeforeAnythingIsRead() {
        for (String name : List.of("publish", "subscribe")) {
            assertEquals(2, command.execute(name, "--topic", "", "--url", "http://127.0.0.1:1"), err::toString);
            assertTrue(err.toString().contains("--topic: "), err::toString);
        }
    }

    @Test
    void proposesTheOptionThatWasMisspelled() {
        for (String[] words : new String[][] {
            {"--bufer-bytes", "--buffer-bytes"}, {"--tokenfile=x", "--token-file"}, {"--topik", "--topic"}
        }) {
            assertEquals(2, command.execute("subscribe", words[0]));
            assertTrue(err.toString().contains("did you mean " + words[1] + "?"), err::toString);
        }
        assertEquals(2, command.execute("subscribe", "--nothing-of-the-kind"));
        assertTrue(err.toString().contains("unknown option '--nothing-of-the-kind' (see"), err::toString);
    }

    @Test
    void namesAHostThatIsUnknownAtOnce() {
        int status = command.execute("status", "--seed", "nowhere.invalid:2551");
        assertAll(
                () -> assertEquals(1, status, err::toString),
                () -> assertEquals(1, err.toString().lines().count(), err::toString),
                () -> assertTrue(err.toString().contains("unknown host nowhere.invalid"), err::toString));
    }

    @Test
    void namesAnAddressThatIsNotOfThisMachine() {
        int status = command.execute("status", "--seed", "127.0.0.1:1", "--host", "192.0.2.1");
        assertAll(
                () -> assertEquals(1, status, err::toString),
                () -> assertEquals(1, err.toString().lines().count(), err::toString),
                () -> assertTrue(
                        err.toString().contains("192.0.2.1: is it an address of this machine?"), err::toString));
    }
}
