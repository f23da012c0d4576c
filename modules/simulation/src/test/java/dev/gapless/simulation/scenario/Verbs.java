package dev.gapless.simulation.scenario;

import dev.gapless.core.CursorToken;
import dev.gapless.core.Now;
import dev.gapless.core.Position;
import dev.gapless.core.Start;
import dev.gapless.core.delivery.Opening;
import dev.gapless.core.producer.ReceiptAnswer;
import dev.gapless.core.producer.ReceiptRequest;
import dev.gapless.core.wire.Ack;
import dev.gapless.core.wire.Register;
import dev.gapless.core.wire.Registered;
import dev.gapless.simulation.node.SimulatedNode;
import dev.gapless.simulation.oracle.Heard;
import dev.gapless.simulation.oracle.Witness;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What the commands of a scenario mean. */
final class Verbs {
    private static final String CLUSTER = Named.CLUSTER;
    private static final int NO_LIMIT = Integer.MAX_VALUE;
    private static final long SECOND = 1_000_000_000L;
    /** More than G6 allows with the times that hold in scenarios. */
    private static final int ENOUGH_SECONDS = 15;

    private final World world;
    private final Pictures pictures;
    private final Map<String, Taken> tokens = new LinkedHashMap<>();
    private final Map<String, Object> kept = new HashMap<>();
    private long messages;
    /** The numbers of messages with an id, by what a scenario calls it. */
    private final Map<String, Long> ids = new HashMap<>();

    Verbs(World world) {
        this.world = world;
        this.pictures = new Pictures(world);
    }

    void execute(Command command) {
        switch (command.verb()) {
            case "node" -> {
                if (Settings.standsIn(command.settings())) {
                    world.standsIn(command.argument(0));
                }
                world.node(
                        command.argument(0),
                        command.settings().getOrDefault("name", command.argument(0)),
                        inCluster(command),
                        Settings.of(command.settings()),
                        Settings.publishesElsewhere(command.settings()),
                        Settings.others(command.settings(), inCluster(command)));
            }
            case "form" -> world.form(command.arguments());
            case "split" -> split(command.arguments());
            case "at" -> world.at(world.incarnation(command.argument(0)));
            case "up" -> world.up(command.arguments());
            case "joins" -> world.joins(command.argument(0));
            case "seen" -> world.seen(command.argument(0));
            case "remove" -> world.remove(command.argument(0));
            case "crash" -> world.crash(command.argument(0));
            case "restart" -> restart(command);
            case "freeze" -> world.freeze(command.argument(0));
            case "thaw" -> world.goOn(command.argument(0));
            case "leave" -> leave(world.incarnation(command.argument(0)));
            case "forget" -> forget(world.incarnation(command.argument(0)), world.incarnation(command.argument(1)));
            case "busy" -> world.incarnation(command.argument(0)).becomeBusy();
            case "free" -> free(world.incarnation(command.argument(0)));
            case "unreachable" -> world.reachable(command.argument(0), false);
            case "reachable" -> world.reachable(command.argument(0), true);
            case "clock" -> world.skew(command.argument(0), milliseconds(command.argument(1)));
            case "publish" -> publish(command);
            case "receipt" -> receipt(command);
            case "limit" -> limit(world.incarnation(command.argument(0)), command.number(1, 1));
            case "invalidate" -> invalidate(world.incarnation(command.argument(0)));
            case "store" -> store(command);
            case "tokens" -> tokens(command.argument(0));
            case "flush" -> world.flush(world.incarnation(command.argument(0)));
            case "subscribe" -> subscribe(command);
            case "resume" -> resume(command);
            case "cancel" -> cancel(world.reader(command.argument(0)));
            case "read" -> read(command);
            case "reload" -> reload(command);
            case "token" -> token(command);
            case "craft" -> craft(command);
            case "deliver" -> deliver(command);
            case "settle" -> settle();
            case "advance" -> world.advance(Command.durationNs(command.argument(0)), false);
            case "run" -> world.advance(Command.durationNs(command.argument(0)), true);
            case "show" -> world.show(command.argument(0));
            case "state" -> pictures.state(world.incarnation(command.argument(0)));
            case "feed" -> pictures.feed(world.incarnation(command.argument(0)));
            case "level" -> level();
            default -> onLinks(command);
        }
    }

    private void split(List<String> arguments) {
        boolean mutely = arguments.get(arguments.size() - 1).equals("mute");
        world.split(mutely ? arguments.subList(0, arguments.size() - 1) : arguments, mutely);
    }

    private static String inCluster(Command command) {
        return command.settings().getOrDefault("address", command.argument(0) + ":2551");
    }

    /** As it was set before, unless there are other settings. */
    private void restart(Command command) {
        if (!command.settings().isEmpty()) {
            world.set(
                    command.argument(0),
                    Settings.of(command.settings()),
                    Settings.publishesElsewhere(command.settings()));
        }
        world.start(command.argument(0));
    }

    private void store(Command command) {
        world.store(command.argument(0)).command(command.argument(1), command.number(2, 0));
        world.settle();
    }

    private void tokens(String what) {
        world.nameStore().command(what);
        world.settle();
    }

    /** A node has heard nothing of another for so long that it drops its cursors. */
    private void forget(ScenarioNode at, ScenarioNode silent) {
        at.node().forget(silent.uid());
        world.settle();
    }

    private void free(ScenarioNode busy) {
        busy.becomeFree();
        world.settle();
    }

    private static long milliseconds(String text) {
        return text.startsWith("-")
                ? -Command.durationNs(text.substring(1)) / 1_000_000
                : Command.durationNs(text) / 1_000_000;
    }

    // ------------------------------------------------------------------ links

    private void onLinks(Command command) {
        List<Link> links = links(command.argument(0));
        switch (command.verb()) {
            case "cut" -> links.forEach(link -> link.cut = true);
            case "mend" -> links.forEach(link -> link.cut = false);
            case "hold" -> links.forEach(link -> link.held = true);
            case "slow" -> links.forEach(link -> link.delayNs = Command.durationNs(command.argument(1)));
            case "release" -> links.forEach(link -> link.held = false);
            case "lose" -> links.forEach(link -> link.toLose += command.number(1, 1));
            case "narrow" -> links.forEach(link -> link.widest = command.number(1, 1));
            case "drop" -> links.forEach(link -> drop(link, command.number(1, 1)));
            case "reset" -> links.forEach(link -> drop(link, NO_LIMIT));
            case "keep" -> {
                Object message = there(links.get(0).inFlight.peek(), "Nothing is under way");
                kept.put(command.argument(1), message);
                world.story().tell(command.argument(1) + " is " + world.names().message(message));
            }
            case "forge" ->
                kept.computeIfPresent(command.argument(1), (name, message) -> forged(message, command.settings()));
            case "inject" ->
                world.network().inject(links.get(0).to, there(kept.get(command.argument(1)), "Nothing was kept"));
            default -> throw new IllegalArgumentException("There is no command " + command.verb());
        }
    }

    /** A Registered that goes on elsewhere; a Register that copies the log; or an Ack of a copy whose node needs more. */
    private Object forged(Object message, Map<String, String> settings) {
        if (message instanceof Register real) {
            Position after = ((Start.After) real.start()).position();
            Position least = world.names().position(there(settings.get("least"), "A copy needs least=n1.1:1"));
            Start.Copy copy = new Start.Copy(after, false, least);
            return new Register(real.topic(), real.reader(), real.session(), real.toUid(), copy, real.windowBytes());
        } else if (message instanceof Ack real) {
            long least = Long.parseLong(there(settings.get("least"), "An Ack of a copy needs least=1"));
            return new Ack(real.topic(), real.reader(), real.session(), real.sequence(), least, real.windowBytes());
        }
        Registered real = (Registered) message;
        long next = Long.parseLong(settings.getOrDefault("next", "1"));
        return new Registered(
                real.topic(), real.reader(), real.session(), real.log(), next, real.oldest(), real.head(), 0);
    }

    private static <T> T there(@Nullable T what, String otherwise) {
        if (what == null) {
            throw new IllegalArgumentException(otherwise);
        }
        return what;
    }

    /** {@code n1>n2}, or {@code n1<>n2} for both directions. */
    private List<Link> links(String text) {
        String[] ends = text.split("<?>", -1);
        List<Link> links = new ArrayList<>();
        links.add(world.network().link(ends[0], ends[1]));
        if (text.contains("<>")) {
            links.add(world.network().link(ends[1], ends[0]));
        }
        return links;
    }

    private void drop(Link link, int most) {
        for (int i = 0; i < most && !link.inFlight.isEmpty(); i++) {
            world.story().tell(link + " lost: " + world.names().message(link.take()));
        }
    }

    private void deliver(Command command) {
        if (command.argument(0).equals("all")) {
            world.network().deliverAll();
            return;
        }
        for (Link link : links(command.argument(0))) {
            int most = command.number(1, NO_LIMIT);
            int there = Math.min(most, link.inFlight.size()); // and not what is sent because of it
            for (int i = 0; i < there; i++) {
                world.story().tell(link + " arrives: " + world.names().message(link.inFlight.element()));
                world.network().deliver(link);
            }
        }
    }

    /** Everything that is under way arrives, and everybody reads, until nothing more happens. */
    private void settle() {
        boolean more = true;
        while (more || world.network().deliverAll()) {
            more = world.network().deliverAll();
            for (Reader reader : List.copyOf(world.readers().values())) {
                more |= reader.read(NO_LIMIT);
                world.settle();
            }
        }
    }

    // ------------------------------------------------------------------ applications

    private void leave(ScenarioNode incarnation) {
        world.truth().left(incarnation.nodeName(), incarnation.stream());
        incarnation.node().leave();
        world.settle();
    }

    private void publish(Command command) {
        ScenarioNode incarnation = world.incarnation(command.argument(0));
        if (command.arguments().contains("unsent")) {
            world.keepUnsent(incarnation);
        }
        int bytes = Integer.parseInt(command.settings().getOrDefault("bytes", "0"));
        if (bytes + Long.BYTES > incarnation.settings().maxMessageBytes()) {
            // As whoever publishes does, before the log sees it.
            world.story()
                    .tell("a publish is refused: larger than "
                            + incarnation.settings().maxMessageBytes() + " bytes");
            return;
        }
        String id = command.settings().get("id");
        if (id != null) {
            publishWithId(incarnation, id, bytes);
        } else {
            for (int i = 0; i < command.number(1, 1); i++) {
                incarnation.node().publish(++messages, bytes);
            }
        }
        world.settle();
    }

    private void publishWithId(ScenarioNode incarnation, String id, int bytes) {
        Long before = ids.get(id);
        long number = before == null ? ++messages : before;
        ids.put(id, number);
        if (before != null) {
            world.truth().isRepeated(number);
        }
        incarnation.node().publishWithId(number, bytes);
    }

    /** Its log, and its feed, hold so many bytes at most. */
    private void limit(ScenarioNode incarnation, long bytes) {
        incarnation.node().limit(bytes);
        world.settle();
    }

    private void invalidate(ScenarioNode incarnation) {
        incarnation.node().invalidate();
        world.settle();
    }

    /** Which nodes have a message of its log is wanted: so many others, or all; and for how long that is awaited. */
    private void receipt(Command command) {
        ScenarioNode incarnation = world.incarnation(command.argument(0));
        long sequence = command.number(1, 1);
        boolean all = command.argument(2).equals("all");
        int nodes = all ? ReceiptRequest.ALL : command.number(2, 1);
        long dueNs = incarnation.nowNs() + Command.durationNs(command.argument(3));
        String what = "receipt of " + incarnation.name() + ":" + sequence + " by " + command.argument(2);
        incarnation
                .node()
                .receipt(new ReceiptRequest(
                        sequence,
                        sequence,
                        nodes,
                        dueNs,
                        answer -> world.story().tell(what + ": " + told(answer))));
        world.settle();
    }

    private String told(ReceiptAnswer answer) {
        Map<String, String> standings = new TreeMap<>();
        answer.standings()
                .forEach((uid, standing) ->
                        standings.put(world.names().incarnation(uid), standing.kind() + amount(standing.amount())));
        return (answer.isHeld() ? "held " : "not held ") + standings;
    }

    private static String amount(long amount) {
        return amount == 0 ? "" : " " + amount;
    }

    private void subscribe(Command command) {
        String name = command.settings().get("named");
        if (name == null) {
            begin(command);
            return;
        }
        String subscription = command.argument(0);
        ScenarioNode incarnation = world.incarnation(command.argument(2));
        Named named = new Named(world, name, subscription, incarnation, taken -> {
            if (taken == null) {
                begin(command);
            } else {
                resume(subscription, incarnation, taken);
            }
        });
        world.named(named);
        named.open();
        world.settle();
    }

    private void begin(Command command) {
        ScenarioNode incarnation = world.incarnation(command.argument(2));
        long id = id(command.argument(0));
        switch (command.argument(3)) {
            case "latest" -> open(command.argument(0), incarnation, new Opening.Latest(), Witness.latest(id));
            case "earliest" -> open(command.argument(0), incarnation, new Opening.Earliest(), Witness.earliest(id));
            case "since" -> {
                long sinceMs = Names.BEGIN_MS + milliseconds(command.argument(4));
                open(command.argument(0), incarnation, new Opening.Since(sinceMs), Witness.since(id, sinceMs));
            }
            default -> throw new IllegalArgumentException("A subscription begins with latest, earliest or since");
        }
    }

    private static long id(String name) {
        return Long.parseLong(name.substring(1));
    }

    private void open(String name, ScenarioNode incarnation, Opening how, Witness witness) {
        Reader reader = world.open(name, incarnation, witness);
        world.oracle().opened(witness, incarnation.heard());
        incarnation.node().subscribe(witness.id(), how, reader::begin);
        world.settle();
    }

    private void cancel(Reader reader) {
        Named named = world.named(reader.name());
        if (named != null) {
            named.end();
        }
        world.close(reader);
        world.settle();
    }

    private void read(Command command) {
        world.reader(command.argument(0)).read(command.number(1, NO_LIMIT));
        world.settle();
    }

    private void reload(Command command) {
        Reader reader = world.reader(command.argument(0));
        if (!reader.isReloading()) {
            throw new IllegalArgumentException(reader.name() + " was told of nothing that it could reload for");
        }
        switch (command.argument(1)) {
            case "ok" -> reader.reloaded(null);
            case "fails" -> reader.reloadFails();
            case "upto" ->
                reader.reloaded(new CursorToken(
                        SimulatedNode.TOPIC,
                        CLUSTER,
                        Names.BEGIN_MS,
                        positions(command.arguments()
                                .subList(2, command.arguments().size()))));
            default -> throw new IllegalArgumentException("A reload is ok, fails, or reflects upto positions");
        }
    }

    private Map<String, Position> positions(List<String> given) {
        Map<String, Position> positions = new HashMap<>();
        for (String text : given) {
            Position position = world.names().position(text);
            positions.put(nodeOf(text), position);
        }
        return positions;
    }

    private static String nodeOf(String position) {
        return position.substring(0, position.indexOf('.'));
    }

    // ------------------------------------------------------------------ tokens

    private void token(Command command) {
        Reader reader = world.reader(command.argument(0));
        CursorToken taken = CursorToken.parse(reader.state()
                .token(
                        SimulatedNode.TOPIC,
                        CLUSTER,
                        new Now(reader.incarnation().nowMs(), world.nowNs()))
                .toString());
        // An application may keep positions alone, and make a token of them; a gateway's client keeps a list of them.
        CursorToken token = command.arguments().contains("positions")
                ? byHand(taken)
                : command.arguments().contains("list") ? list(reader, taken) : taken;
        tokens.put(
                command.argument(1),
                new Taken(token, reader.witness().kept(), reader.incarnation().heard(), world.stamp()));
        world.story().tell(command.argument(1) + " is " + world.names().token(token));
    }

    /** The positions in it alone: of streams that are not over, which it names by their epochs. */
    private static CursorToken byHand(CursorToken taken) {
        List<CursorToken.Entry> entries = taken.entries().stream()
                .filter(entry -> !entry.over())
                .map(entry -> new CursorToken.Entry(entry.node(), 0, entry.epoch(), entry.sequence(), false))
                .toList();
        return CursorToken.ofHand(SimulatedNode.TOPIC, CLUSTER, taken.timeMs(), entries);
    }

    /** What a client begins with that keeps a list of positions. */
    private static CursorToken list(Reader reader, CursorToken taken) {
        return CursorToken.ofHand(
                SimulatedNode.TOPIC, CLUSTER, 0, reader.state().listed(taken));
    }

    /** A token that nobody took: of somebody who believes to be further than he can be. */
    private void craft(Command command) {
        List<CursorToken.Entry> entries = command.arguments().stream()
                .skip(1)
                .map(text -> {
                    Position position = world.names().position(text);
                    return new CursorToken.Entry(nodeOf(text), 0, position.epoch(), position.sequence(), false);
                })
                .toList();
        CursorToken token = CursorToken.ofHand(SimulatedNode.TOPIC, CLUSTER, Names.BEGIN_MS, entries);
        tokens.put(command.argument(0), new Taken(token, Witness.latest(0), new Heard(world::stamp), world.stamp()));
    }

    private void resume(Command command) {
        ScenarioNode incarnation = world.incarnation(command.argument(2));
        Taken taken = there(tokens.get(command.argument(4)), "There is no such token");
        resume(command.argument(0), incarnation, taken);
    }

    private void resume(String name, ScenarioNode incarnation, Taken taken) {
        Witness witness = taken.resumed(id(name), incarnation.heard(), world.stamp());
        open(name, incarnation, new Opening.Resume(taken.token()), witness);
    }

    // ------------------------------------------------------------------ the end

    /** Some time passes in which everything arrives, and whoever was told of a loss reloads. */
    void recover() {
        for (int i = 0; i < ENOUGH_SECONDS; i++) {
            world.readers().values().stream().filter(Reader::isReloading).forEach(reader -> reader.reloaded(null));
            settle();
            world.advance(SECOND, true);
        }
    }

    /** G6: everybody has got, or was told of, everything that was published. */
    private void level() {
        world.readers().values().forEach(reader -> world.oracle().checkLevel(reader.witness()));
        world.story()
                .tell(String.join(", ", world.readers().keySet())
                        + (world.readers().size() == 1 ? " is" : " are") + " level");
    }
}
