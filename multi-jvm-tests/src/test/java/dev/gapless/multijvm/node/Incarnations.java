package dev.gapless.multijvm.node;

import com.typesafe.config.Config;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.CoordinatedShutdown;
import org.jspecify.annotations.Nullable;

/**
 * The actor systems of this process. There is one, and its end is the end of the process; with {@code multijvm.rejoin = on} a
 * new one follows if the cluster removed the one before, and goes on with its journals, as docs/operations.md advises.
 */
final class Incarnations implements Commands {
    private final Config config;
    private final boolean isPlain;
    private final Consumer<String> say;
    /** When they ended, by the clock of {@link System#nanoTime}. */
    private final List<Long> ends = new CopyOnWriteArrayList<>();

    private volatile @Nullable Commands current;
    private @Nullable JournalCommands journals;

    Incarnations(Config config, boolean isPlain, Consumer<String> say) {
        this.config = config;
        this.isPlain = isPlain;
        this.say = say;
    }

    void begin() {
        ActorSystem system = ActorSystem.create(TestNodeMain.SYSTEM, config);
        Commands plain = new PlainCommands(system);
        if (isPlain) {
            current = plain;
        } else {
            JournalCommands before = journals;
            Commands tables = new TableCommands(system, plain);
            journals = new JournalCommands(system, new LedgerCommands(system, new OutboxCommands(system, tables)));
            if (before != null) {
                journals.goOn(before);
            }
            current = new GaplessCommands(system, journals);
        }
        system.getWhenTerminated().thenRunAsync(() -> ended(system)).exceptionally(this::failed);
        say.accept("0 " + TestNodeMain.STARTED);
    }

    private void ended(ActorSystem system) {
        CoordinatedShutdown.Reason reason =
                CoordinatedShutdown.get(system).getShutdownReason().orElse(null);
        ends.add(System.nanoTime());
        say.accept("0 " + TestNodeMain.TERMINATED + " "
                + (reason == null ? "unknown" : reason.getClass().getSimpleName()));
        boolean wasRemoved = reason == CoordinatedShutdown.clusterDowningReason();
        if (wasRemoved && config.hasPath("multijvm.rejoin") && config.getBoolean("multijvm.rejoin")) {
            begin();
        } else {
            Runtime.getRuntime().halt(0);
        }
    }

    private Void failed(Throwable failure) {
        failure.printStackTrace();
        Runtime.getRuntime().halt(1);
        return null;
    }

    @Override
    public Object run(String command, Arguments arguments) throws Exception {
        return command.equals("ends") ? ends : current.run(command, arguments);
    }
}
