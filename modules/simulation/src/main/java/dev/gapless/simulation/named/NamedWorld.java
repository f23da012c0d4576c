package dev.gapless.simulation.named;

import dev.gapless.core.Backoff;
import dev.gapless.core.named.KeptTokenSettings;
import dev.gapless.simulation.named.NamedStore.Request;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Subscriptions with one name, of one process or of several, their store, and what may happen next. Whoever wants to see a state again begins
 * anew and does the same things.
 */
public final class NamedWorld {
    static final String TOPIC = "t";
    static final String CLUSTER = "c";
    private static final long SECOND = 1_000_000_000L;

    private final KeptTokenSettings settings;
    private final NamedBudget budget;
    private final NamedStore store = new NamedStore();
    private final List<NamedLife> lives = new ArrayList<>();
    private final Map<NamedAction.Kind, Integer> done = new EnumMap<>(NamedAction.Kind.class);
    private long nowNs = 5 * SECOND;
    /** The furthest that was confirmed as stored. */
    private long confirmed = -1;

    private NamedWorld(NamedBudget budget, int intervalS, int timeoutS, int minS, int maxS) {
        this.budget = budget;
        this.settings = new KeptTokenSettings(
                TOPIC,
                "billing",
                CLUSTER,
                intervalS * SECOND,
                timeoutS * SECOND,
                new Backoff(minS * SECOND, maxS * SECOND));
    }

    /** In which nobody is yet. */
    static NamedWorld toRun(NamedBudget budget) {
        return new NamedWorld(budget, 20, 10, 2, 8);
    }

    /** The same, in which all times are minutes: else there would be too many states. */
    public static NamedWorld toExplore(NamedBudget budget) {
        return new NamedWorld(budget, 60, 120, 60, 60);
    }

    KeptTokenSettings settings() {
        return settings;
    }

    long nowNs() {
        return nowNs;
    }

    NamedStore store() {
        return store;
    }

    void confirmed(long at) {
        confirmed = Math.max(confirmed, at);
    }

    long mostHandled() {
        return lives.stream().mapToLong(NamedLife::handled).max().orElse(-1);
    }

    long ownerOfLast() {
        return store.last().owner();
    }

    /** How often that was done. */
    int done(NamedAction.Kind kind) {
        return done.getOrDefault(kind, 0);
    }

    int lives() {
        return lives.size();
    }

    // ------------------------------------------------------------------ what may happen

    /** All that may happen next. */
    public List<NamedAction> enabled() {
        List<NamedAction> all = new ArrayList<>();
        for (NamedAction.Kind kind : NamedAction.Kind.values()) {
            if (done(kind) < budget.of(kind)) {
                for (int i = 0; i < size(kind); i++) {
                    if (may(kind, i)) {
                        all.add(new NamedAction(kind, i));
                    }
                }
            }
        }
        return all;
    }

    private int size(NamedAction.Kind kind) {
        return switch (kind) {
            case OPEN, TIME, TIME_OUT -> 1;
            case READ, FINISH, FAIL, LOSE -> store.requests().size();
            case WRITE_LATE -> store.adrift();
            case HANDLE, READY, END, CRASH -> lives.size();
        };
    }

    private boolean may(NamedAction.Kind kind, int i) {
        return switch (kind) {
            case OPEN, WRITE_LATE -> true;
            case TIME -> dueNs() != Long.MAX_VALUE && !isTimeOut();
            case TIME_OUT -> isTimeOut();
            case READ -> !store.requests().get(i).isRead() && store.requests().get(i).untilNs > nowNs;
            case FINISH -> store.requests().get(i).isRead();
            case FAIL, LOSE -> true;
            case HANDLE -> lives.get(i).isAlive() && lives.get(i).hasBegun();
            case READY -> lives.get(i).mayBecomeReady();
            case END -> lives.get(i).isAlive();
            case CRASH -> !lives.get(i).hasCrashed();
        };
    }

    /** Does it, and checks what must hold. */
    public void perform(NamedAction action) {
        done.merge(action.kind(), 1, Integer::sum);
        int i = action.index();
        switch (action.kind()) {
            case OPEN -> {
                NamedLife life = new NamedLife(this, lives.size() + 1L, confirmed);
                lives.add(life);
                life.open();
            }
            case TIME, TIME_OUT -> time();
            case READ -> store.read(store.requests().get(i));
            case FINISH -> store.finish(store.requests().get(i));
            case FAIL -> store.fail(store.requests().get(i));
            case LOSE -> store.lose(store.requests().get(i));
            case WRITE_LATE -> store.writeAdrift(i);
            case HANDLE -> lives.get(i).handle();
            case READY -> lives.get(i).mayBeReady();
            case END -> lives.get(i).end();
            case CRASH -> lives.get(i).crash();
        }
        dropTooLate();
    }

    private long dueNs() {
        return lives.stream().mapToLong(NamedLife::dueNs).min().orElse(Long.MAX_VALUE);
    }

    /** Does somebody wait until then for what the store could answer yet? */
    private boolean isTimeOut() {
        return store.requests().stream()
                .anyMatch(request -> request.isWaitedFor() && request.untilNs <= dueNs() && dueNs() != Long.MAX_VALUE);
    }

    private void time() {
        nowNs = Math.max(nowNs, dueNs());
        List<NamedLife> due =
                lives.stream().filter(life -> life.dueNs() <= nowNs).toList();
        due.forEach(NamedLife::onTime);
    }

    /** What was not read in time is not done any more, and nobody waits for it. */
    private void dropTooLate() {
        for (Request request : List.copyOf(store.requests())) {
            if (!request.isRead() && request.untilNs <= nowNs) {
                store.lose(request);
            }
        }
    }

    // ------------------------------------------------------------------ where it stands

    /** Has each what it can have: does it go on with everything stored, or is it over? */
    public boolean isSettled() {
        return lives.stream().allMatch(NamedLife::isSettled);
    }

    /** Where everybody stands: alike for two worlds that will behave alike. */
    public String describe() {
        return budget.left(done) + " " + confirmed + " " + store.describe(nowNs) + "\n"
                + lives.stream()
                        .map(life -> life.describe(nowNs, store.rank(life.id(), life.number())))
                        .collect(Collectors.joining("\n"));
    }
}
