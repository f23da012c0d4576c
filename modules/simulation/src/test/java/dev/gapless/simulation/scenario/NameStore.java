package dev.gapless.simulation.scenario;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The store of the tokens of named subscriptions, one for all nodes: who opened a name last stores its token. It does at once what it is asked,
 * unless a command says otherwise.
 */
final class NameStore {
    private final World world;
    private final Map<String, Row> rows = new HashMap<>();
    /** What becomes of the requests that come next. */
    private final Deque<String> fates = new ArrayDeque<>();

    private final StoreWork work = new StoreWork();

    /**
     * What is stored of a name.
     *
     * @param taken null if there is no token
     */
    private record Row(String owner, @Nullable Taken taken) {}

    NameStore(World world) {
        this.world = world;
    }

    /** What the command says: {@code hold}, {@code release}, or that the next request {@code fails}, {@code lies} or is {@code mute}. */
    void command(String what) {
        switch (what) {
            case "hold" -> work.hold();
            case "release" -> work.release();
            case "fails", "lies", "mute" -> fates.add(what);
            default -> throw new IllegalArgumentException("A store of tokens does not " + what);
        }
    }

    /** Does what is due. Returns whether anything was. */
    boolean work() {
        return work.run();
    }

    void open(Named by, long number) {
        work.ask(() -> {
            String fate = fate();
            Row before = rows.get(by.name());
            Taken there = before == null ? null : before.taken();
            if (!fate.equals("fails")) {
                rows.put(by.name(), new Row(by.subscription(), there));
            }
            world.story()
                    .tell(by.subscription() + " opens " + by.name() + ": "
                            + (there == null
                                    ? "nothing is stored"
                                    : world.names().token(there.token())) + how(fate));
            answer(fate, () -> by.opened(number, there), () -> by.failed(number));
        });
    }

    void store(Named by, long number, Taken taken) {
        work.ask(() -> {
            String fate = fate();
            Row before = rows.get(by.name());
            boolean isOwner = before != null && before.owner().equals(by.subscription());
            if (isOwner && !fate.equals("fails")) {
                rows.put(by.name(), new Row(by.subscription(), taken));
            }
            world.story()
                    .tell(by.subscription() + " stores " + world.names().token(taken.token())
                            + (isOwner ? how(fate) : ", in vain: another one has " + by.name()));
            answer(fate, () -> by.stored(number, isOwner), () -> by.failed(number));
        });
    }

    private String fate() {
        return fates.isEmpty() ? "" : fates.remove();
    }

    private static String how(String fate) {
        return switch (fate) {
            case "fails" -> ", in vain";
            case "" -> "";
            default -> ", and does not hear of it";
        };
    }

    private void answer(String fate, Runnable done, Runnable failed) {
        if (fate.isEmpty()) {
            work.answer(done);
        } else if (!fate.equals("mute")) {
            work.answer(failed);
        }
    }
}
