package dev.gapless.node;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import dev.gapless.durable.JournalAdmin;
import dev.gapless.durable.RepairedLog;
import dev.gapless.durable.StoredMessage;
import dev.gapless.durable.StoredSubscription;
import dev.gapless.durable.StoredTopic;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

@Command(
        name = "journal",
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        description = {
            "Looks after the store of durable topics.",
            "The node that uses it must not run: H2 has one process at a time, and what is dropped under a running node is a damage."
        })
final class JournalCommand implements Runnable {
    private static final ObjectMapper JSON = JsonMapper.builder().build();

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "The node's configuration, in which gapless.journal says where the store is.")
    private @Nullable Path config;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "a command is needed: list, check, export, repair, drop or restored");
    }

    private <T> T with(Function<JournalAdmin, T> what) {
        return told(() -> {
            try (JournalAdmin journal = JournalAdmin.open(settings())) {
                return what.apply(journal);
            }
        });
    }

    private Config settings() {
        return ProgramConfig.of(ConfigFactory.empty(), config, spec.commandLine());
    }

    /** What is wrong is told in one line. */
    private static <T> T told(Supplier<T> what) {
        try {
            return what.get();
        } catch (IllegalStateException | ConfigException e) {
            throw new Failure(String.valueOf(e.getMessage()), e);
        }
    }

    private PrintWriter out() {
        return spec.commandLine().getOut();
    }

    private static String time(long ms) {
        return ms == 0 ? "-" : Instant.ofEpochMilli(ms).toString();
    }

    @Command(
            name = "list",
            description = {
                "Prints each stored log: its size, and when its last message was published.",
                "And each named subscription: when its token was stored, and how large it is."
            })
    int list(@Option(names = "--json", description = "As JSON lines, for programs.") boolean asJson) {
        Listed listed = with(journal -> new Listed(journal.topics(), journal.subscriptions()));
        List<StoredTopic> topics = listed.topics();
        if (asJson) {
            topics.forEach(topic -> out().println(json(topic)));
            listed.subscriptions().forEach(subscription -> out().println(json(subscription)));
            return 0;
        }
        Table table =
                new Table(2).row("NODE", "TOPIC", "RECORDS", "BYTES", "MESSAGES", "INCARNATIONS", "LAST", "STATE");
        topics.forEach(topic -> table.row(
                topic.node(),
                topic.topic(),
                "" + topic.records(),
                "" + topic.bytes(),
                "" + topic.messages(),
                "" + topic.incarnations(),
                time(topic.lastMs()),
                topic.damage() == null ? "ok" : topic.damage()));
        table.lines().forEach(out()::println);
        if (!listed.subscriptions().isEmpty()) {
            Table named = new Table(2).row("SUBSCRIPTION", "TOPIC", "BYTES", "STORED", "STATE");
            listed.subscriptions()
                    .forEach(subscription -> named.row(
                            subscription.name(),
                            subscription.topic(),
                            "" + subscription.bytes(),
                            time(subscription.storedMs()),
                            subscription.hasToken() ? "ok" : "never ready"));
            named.lines().forEach(out()::println);
        }
        return 0;
    }

    private record Listed(List<StoredTopic> topics, List<StoredSubscription> subscriptions) {}

    private static ObjectNode json(StoredSubscription subscription) {
        return JSON.createObjectNode()
                .put("subscription", subscription.name())
                .put("topic", subscription.topic())
                .put("bytes", subscription.bytes())
                .put("stored", time(subscription.storedMs()))
                .put("ready", subscription.hasToken());
    }

    private static ObjectNode json(StoredTopic topic) {
        return JSON.createObjectNode()
                .put("node", topic.node())
                .put("topic", topic.topic())
                .put("records", topic.records())
                .put("bytes", topic.bytes())
                .put("messages", topic.messages())
                .put("incarnations", topic.incarnations())
                .put("last", topic.lastMs() == 0 ? null : time(topic.lastMs()))
                .put("damage", topic.damage());
    }

    @Command(
            name = "check",
            description = "Reads all logs; exits with 1 if a record is damaged, or missing between others.")
    int check() {
        List<StoredTopic> topics = with(JournalAdmin::topics);
        List<StoredTopic> damaged =
                topics.stream().filter(topic -> topic.damage() != null).toList();
        damaged.forEach(topic -> out().println(topic.node() + " " + topic.topic() + ": " + topic.damage()));
        out().println(String.format(Locale.ROOT, "%d logs, %d damaged", topics.size(), damaged.size()));
        return damaged.isEmpty() ? 0 : 1;
    }

    @Command(
            name = "export",
            description =
                    "Prints the messages of a log, a line of JSON each. Content is base64, as its serializer made it. If some are damaged, the others are"
                            + " printed, and it exits with 1.")
    int export(
            @Parameters(paramLabel = "NODE", description = "Whose log.") String node,
            @Parameters(paramLabel = "TOPIC", description = "Of which topic.") String topic) {
        Consumer<StoredMessage> print = message -> out().println(json(message));
        List<String> damage = with(journal -> journal.messages(node, topic, print));
        if (!damage.isEmpty()) {
            out().flush();
            throw new Failure(String.join("; ", damage) + ". What is behind that was printed, too");
        }
        return 0;
    }

    @Command(
            name = "repair",
            description = {
                "Repairs a log of H2 that is damaged. Readers that lack some of what is lost are told, and all others go on.",
                "The file of before is kept beside it. Put a backup back instead, if there is one that has more."
            })
    int repair(
            @Parameters(paramLabel = "NODE", description = "Whose log.") String node,
            @Parameters(paramLabel = "TOPIC", description = "Of which topic.") String topic,
            @ArgGroup(multiplicity = "1") Repair how) {
        RepairedLog repaired = told(() -> JournalAdmin.repair(settings(), node, topic, how.truncate));
        if (repaired.records() == 0) {
            out().println("nothing is damaged");
            return 0;
        }
        out().println("the store of before is " + repaired.kept());
        out().println(repaired.records() + " records are gone");
        repaired.lost()
                .forEach(lost -> out().println("lost of stream " + lost.stream() + ": messages " + lost.from() + " to "
                        + lost.to() + (lost.exact() ? "" : " at most")));
        return 0;
    }

    /** How a log is repaired. */
    static final class Repair {
        @Option(
                names = "--skip",
                required = true,
                description = "Leaves out the records that cannot be read, and keeps what is behind them.")
        boolean skip;

        @Option(
                names = "--truncate",
                required = true,
                description = "Ends the log in front of the first record that cannot be read.")
        boolean truncate;
    }

    private static ObjectNode json(StoredMessage message) {
        ObjectNode json = JSON.createObjectNode()
                .put("epoch", message.position().epoch().toString())
                .put("seq", message.position().sequence())
                .put("time", time(message.timeMs()))
                .put("key", message.key())
                .put("deleted", message.deleted())
                .put("serializer", message.serializerId())
                .put("manifest", message.manifest())
                .put("content", message.bytes());
        message.headers().forEach(json.putObject("headers")::put);
        return json;
    }

    @Command(
            name = "drop",
            description = {
                "Deletes a log. The node begins it anew, and its readers are told that something is missing.",
                "For a log that is broken and of which there is no backup, or for a topic that nobody uses any more.",
                "With --subscription: deletes the token of a named subscription, which then begins as its start says."
            })
    int drop(
            @Parameters(paramLabel = "NODE", arity = "0..1", description = "Whose log. Not with --subscription.")
                    @Nullable String first,
            @Parameters(paramLabel = "TOPIC", arity = "0..1", description = "Of which topic.") @Nullable String second,
            @Option(names = "--subscription", paramLabel = "NAME", description = "The name of a subscription to TOPIC.")
                    @Nullable String subscription) {
        if (first == null || (second == null) == (subscription == null)) {
            throw new ParameterException(
                    spec.commandLine(), "what to drop is needed: NODE TOPIC, or --subscription NAME TOPIC");
        }
        if (subscription != null || second == null) {
            return dropSubscription(first, String.valueOf(subscription));
        }
        return dropLog(first, second);
    }

    private int dropSubscription(String topic, String name) {
        if (!with(journal -> journal.dropSubscription(topic, name))) {
            throw new Failure("topic " + topic + " has no stored subscription " + name);
        }
        out().println("the token of subscription " + name + " is gone");
        return 0;
    }

    private int dropLog(String node, String topic) {
        long dropped = with(journal -> journal.drop(node, topic));
        if (dropped == 0) {
            throw new Failure("node " + node + " has no stored log of topic " + topic);
        }
        out().println(dropped + " records are gone");
        return 0;
    }

    @Command(
            name = "restored",
            description = {
                "For after a backup was put back: deletes all logs of a node, so that all of their readers are told.",
                "Without it readers that have nothing of what was lost, and had not heard of it, are not told."
            })
    int restored(@Parameters(paramLabel = "NODE", description = "Whose logs.") String node) {
        out().println(with(journal -> journal.drop(node, null)) + " records are gone");
        return 0;
    }
}
