package dev.gapless.bench.process;

import dev.gapless.bench.peer.ClusterNode;
import dev.gapless.bench.peer.GaplessPeer;
import dev.gapless.bench.peer.Peer;
import dev.gapless.bench.peer.Peers;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;

/**
 * One process of a run. It does what standard input orders, and answers on standard output. What is ordered and answered, each {@link
 * Job} says.
 */
public final class BenchProcess {
    /** {@link FlowPublisher}: PEER MESSAGE_BYTES RATE; a rate of 0 means as fast as it can. */
    public static final String PUBLISHER = "publisher";

    /** {@link AnsweredPublisher}: PEER MESSAGE_BYTES RATE. */
    public static final String ANSWERED_PUBLISHER = "answered-publisher";

    /** {@link FlowSubscriber}: PEER MESSAGE_BYTES. */
    public static final String SUBSCRIBER = "subscriber";

    /** {@link FlowSubscriber} of a node with several subscriptions: COUNT. */
    public static final String SUBSCRIPTIONS = "subscriptions";

    /** {@link FlowSubscriber} of several nodes with a subscription each: COUNT. */
    public static final String NODES = "nodes";

    /** {@link StuckSubscription}: COUNT. */
    public static final String STUCK = "stuck";

    /** {@link IdleNode}: PEER. */
    public static final String IDLE = "idle";

    /** {@link FlowPublisher} of several topics: TOPICS MESSAGE_BYTES. */
    public static final String TOPICS_PUBLISHER = "topics-publisher";

    /** {@link ManyTopics}: TOPICS. */
    public static final String TOPICS_SUBSCRIBER = "topics-subscriber";

    /** {@link JacksonLoop}: THREADS. */
    public static final String JACKSON = "jackson";

    /** {@link StoreLoop}: PEER MESSAGE_BYTES UNDER_WAY. */
    public static final String STORE = "store";

    /** {@link OpeningLog}: PEER MESSAGE_BYTES MESSAGES_OF_A_RECORD. */
    public static final String OPENING = "opening";

    /** {@link TableLoop}: PEER KEYS WARM_UP. */
    public static final String TABLE = "table";

    /** {@link RowsPublisher}: KEYS. */
    public static final String ROWS_PUBLISHER = "rows-publisher";

    /** {@link RowsReturn}: PEER KEYS. */
    public static final String ROWS_RETURN = "rows-return";

    /** {@link ReadyNodes}: COUNT TOPICS. */
    public static final String READY_NODES = "ready-nodes";

    /** {@link SlowSubscriptions}: FAST SLOW LOWEST HIGHEST. */
    public static final String SLOW_SUBSCRIPTIONS = "slow-subscriptions";

    /** {@link RollingNodes}: PUBLISHERS MESSAGE_BYTES RATE_OF_EACH RATE_OF_THE_SLOW_SUBSCRIPTION. */
    public static final String ROLLING_NODES = "rolling-nodes";

    /** {@link CatchUp}: SUBSCRIPTIONS. */
    public static final String CATCH_UP = "catch-up";

    /** {@link GatewayNode}: MESSAGE_BYTES RATE; a rate below 0 means that it publishes nothing. */
    public static final String GATEWAY = "gateway";

    /** {@link StateGateway}: KEYS RATE; a rate below 0 means that its rows do not change. */
    public static final String STATE_GATEWAY = "state-gateway";

    /** {@link PublishingNodes}: COUNT MESSAGE_BYTES. */
    public static final String PUBLISHING_NODES = "publishing-nodes";

    /** {@link BareJetty}: MESSAGE_BYTES. */
    public static final String BARE_JETTY = "bare-jetty";

    /** How many events a bare Jetty has. */
    public static final int BARE_JETTY_NUMBERS = BareJetty.NUMBERS;

    /**
     * {@link SocketClients}: COUNT MESSAGE_BYTES LAST_NUMBER PATH [TOKEN]; behind that number they begin again, or never if it is 0; they ask for what
     * their {@link ClientPath} says; a token is shown over TLS.
     */
    public static final String CLIENTS = "clients";

    /** {@link SocketClients} of a {@link StateGateway}: COUNT KEYS. */
    public static final String STATE_CLIENTS = "state-clients";

    private BenchProcess() {}

    /**
     * Takes part in a run.
     *
     * @param args the job, and what belongs to it
     */
    public static void main(String[] args) {
        PrintStream out = System.out;
        System.setOut(System.err);
        Dialogue dialogue = new Dialogue(out);
        int status = 0;
        try {
            List<String> words = List.of(args);
            job(words.get(0), words.subList(1, words.size())).run(dialogue);
        } catch (Exception e) {
            e.printStackTrace();
            dialogue.say("failed", e.toString().replaceAll("\\s+", " "));
            status = 1;
        }
        out.flush();
        Runtime.getRuntime().halt(status);
    }

    private static Job job(String name, List<String> words) {
        return switch (name) {
            case PUBLISHER -> new FlowPublisher(peer(words), bytes(words), Integer.parseInt(words.get(2)));
            case ANSWERED_PUBLISHER -> new AnsweredPublisher(peer(words), bytes(words), Integer.parseInt(words.get(2)));
            case SUBSCRIBER -> {
                Peer peer = peer(words);
                yield new FlowSubscriber(receivers -> peer.subscriber(receivers.get(0)), 1);
            }
            case SUBSCRIPTIONS -> new FlowSubscriber(GaplessPeer::subscribers, Integer.parseInt(words.get(0)));
            case NODES -> new FlowSubscriber(GaplessPeer::nodes, Integer.parseInt(words.get(0)));
            case STUCK -> new StuckSubscription(Integer.parseInt(words.get(0)));
            case IDLE -> new IdleNode(words.get(0).equals(Peers.PEKKO) ? ClusterNode.PEKKO : ClusterNode.GAPLESS);
            case TOPICS_PUBLISHER ->
                new FlowPublisher(new GaplessPeer(Integer.parseInt(words.get(0))), bytes(words), 0);
            case TOPICS_SUBSCRIBER -> new ManyTopics(Integer.parseInt(words.get(0)));
            case JACKSON -> new JacksonLoop(Integer.parseInt(words.get(0)));
            case STORE ->
                new StoreLoop(words.get(0).equals(Peers.JOURNAL), bytes(words), Integer.parseInt(words.get(2)));
            case OPENING ->
                new OpeningLog(words.get(0).equals(Peers.JOURNAL), bytes(words), Integer.parseInt(words.get(2)));
            case TABLE ->
                new TableLoop(
                        words.get(0).equals(Peers.HANDLER),
                        Integer.parseInt(words.get(1)),
                        Integer.parseInt(words.get(2)));
            case ROWS_PUBLISHER -> new RowsPublisher(Integer.parseInt(words.get(0)));
            case ROWS_RETURN -> new RowsReturn(words.get(0).equals(Peers.HANDLER), Integer.parseInt(words.get(1)));
            case READY_NODES -> new ReadyNodes(Integer.parseInt(words.get(0)), Integer.parseInt(words.get(1)));
            case SLOW_SUBSCRIPTIONS ->
                new SlowSubscriptions(
                        Integer.parseInt(words.get(0)),
                        Integer.parseInt(words.get(1)),
                        Double.parseDouble(words.get(2)),
                        Double.parseDouble(words.get(3)));
            case ROLLING_NODES ->
                new RollingNodes(
                        Integer.parseInt(words.get(0)),
                        bytes(words),
                        Integer.parseInt(words.get(2)),
                        Double.parseDouble(words.get(3)));
            case CATCH_UP -> new CatchUp(Integer.parseInt(words.get(0)));
            case GATEWAY -> new GatewayNode(Integer.parseInt(words.get(0)), Integer.parseInt(words.get(1)));
            case PUBLISHING_NODES -> new PublishingNodes(Integer.parseInt(words.get(0)), bytes(words));
            case BARE_JETTY -> new BareJetty(Integer.parseInt(words.get(0)));
            case STATE_GATEWAY -> new StateGateway(Integer.parseInt(words.get(0)), Integer.parseInt(words.get(1)));
            case CLIENTS -> {
                int lastNumber = Integer.parseInt(words.get(2));
                ClientPath path = ClientPath.of(words.get(3));
                yield new SocketClients(
                        Integer.parseInt(words.get(0)),
                        () -> new EventChecker(bytes(words), lastNumber, path),
                        words.size() > 4 ? words.get(4) : null);
            }
            case STATE_CLIENTS -> {
                Map<String, Integer> indexes = StateChecker.indexes(Integer.parseInt(words.get(1)));
                yield new SocketClients(Integer.parseInt(words.get(0)), () -> new StateChecker(indexes), null);
            }
            default -> throw new IllegalArgumentException("there is no job '" + name + "'");
        };
    }

    private static Peer peer(List<String> words) {
        return Peers.of(words.get(0)).maker().of(bytes(words));
    }

    private static int bytes(List<String> words) {
        return Integer.parseInt(words.get(1));
    }
}
