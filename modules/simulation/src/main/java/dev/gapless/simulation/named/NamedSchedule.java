package dev.gapless.simulation.named;

import dev.gapless.simulation.named.NamedAction.Kind;
import dev.gapless.simulation.oracle.Violation;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Subscriptions with one name, at random: several at once and one after the other, with a store that fails, does what it was said to have
 * failed, and does it late. Then nothing goes wrong any more, and within a stated time each goes on, or is over.
 */
public final class NamedSchedule {
    private static final int MOST = 1_000_000;
    private static final int STEPS = 300;
    private static final int MOST_LIVES = 8;
    /** Then whoever lost the name has noticed it, and the last write is tried. */
    private static final long TO_SETTLE_NS = 120_000_000_000L;

    private final SplittableRandom random;
    private final NamedWorld world;
    private final Map<Kind, Long> counts;

    private NamedSchedule(long seed, Map<Kind, Long> counts) {
        this.random = new SplittableRandom(seed);
        this.counts = counts;
        NamedBudget budget = NamedBudget.of(MOST_LIVES);
        for (Kind kind :
                List.of(Kind.HANDLE, Kind.END, Kind.CRASH, Kind.FAIL, Kind.LOSE, Kind.TIME_OUT, Kind.WRITE_LATE)) {
            budget = budget.and(kind, MOST);
        }
        this.world = NamedWorld.toRun(budget);
    }

    /**
     * Runs the schedule of a seed. {@return what it broke, or null}
     *
     * @param counts gets how often each thing happened
     */
    public static @Nullable String judge(long seed, Map<Kind, Long> counts) {
        NamedSchedule schedule = new NamedSchedule(seed, counts);
        try {
            schedule.run();
            return null;
        } catch (Violation e) {
            return e.getMessage();
        } catch (AssertionError | RuntimeException e) {
            StackTraceElement[] trace = e.getStackTrace();
            return e + (trace.length == 0 ? "" : " at " + trace[0]) + ", " + schedule.world.describe();
        }
    }

    /** Runs those of these seeds. {@return the first that broke something, a tab, and what; null if none did} */
    public static @Nullable String firstBroken(long first, long last) {
        Map<Kind, Long> unused = new EnumMap<>(Kind.class);
        for (long seed = first; seed <= last; seed++) {
            String what = judge(seed, unused);
            if (what != null) {
                return "names " + seed + "\t" + what;
            }
        }
        return null;
    }

    private void run() {
        boolean isBad = true;
        for (int i = 0; i < STEPS; i++) {
            if (random.nextInt(40) == 0) {
                isBad = !isBad; // the store works for a while, or does not
            }
            NamedAction next = draw(isBad);
            if (next != null) {
                perform(next);
            }
        }
        settle();
    }

    private void perform(NamedAction action) {
        counts.merge(action.kind(), 1L, Long::sum);
        world.perform(action);
    }

    /** One of a kind that is drawn first: there are many requests, and one time. */
    private @Nullable NamedAction draw(boolean isBad) {
        List<NamedAction> all = world.enabled();
        Kind kind = kind(isBad);
        List<NamedAction> some =
                all.stream().filter(action -> action.kind() == kind).toList();
        return some.isEmpty() ? null : some.get(random.nextInt(some.size()));
    }

    private Kind kind(boolean isBad) {
        return switch (random.nextInt(isBad ? 20 : 16)) {
            case 0 -> random.nextInt(3) == 0 ? Kind.OPEN : Kind.READY;
            case 1 -> random.nextInt(4) == 0 ? random.nextBoolean() ? Kind.END : Kind.CRASH : Kind.HANDLE;
            case 2, 3 -> Kind.HANDLE;
            case 4 -> Kind.READY;
            case 5, 6, 7 -> Kind.READ;
            case 8, 9, 10 -> Kind.FINISH;
            case 11, 12, 13 -> Kind.TIME;
            case 14 -> Kind.WRITE_LATE;
            case 15 -> Kind.READ;
            case 16, 17 -> Kind.FAIL;
            case 18 -> Kind.LOSE;
            default -> Kind.TIME_OUT;
        };
    }

    /** From now on the store works, and whoever begins becomes ready. */
    private void settle() {
        if (world.lives() < MOST_LIVES) {
            perform(new NamedAction(Kind.OPEN, 0));
        }
        long untilNs = world.nowNs() + TO_SETTLE_NS;
        while (world.nowNs() < untilNs) {
            NamedAction next = world.enabled().stream()
                    .filter(NamedAction::isProtocol)
                    .findFirst()
                    .orElse(null);
            if (next == null) {
                break;
            }
            perform(next);
        }
        if (!world.isSettled()) {
            throw new Violation("S7: somebody waits for ever, " + world.describe());
        }
    }
}
